package spawn.approval;

/**
 * The ARNs of the stack's state machines that take part in an approval, and of their executions.
 *
 * <p>They follow from the stack's name, as the template gives them: a function that the machines
 * call cannot be told their ARNs by a reference, which would go in a circle.
 *
 * @param partition the AWS partition
 * @param region the stack's region
 * @param account the twelve digits of the stack's account
 * @param stack the stack's name
 */
public record ApprovalMachines(String partition, String region, String account, String stack) {
  /** Returns the machine in which an execution keeps each answer. */
  String answers() {
    return arn("stateMachine", "answers");
  }

  /** Returns the execution that keeps the answer of an approval. */
  String answer(String approval) {
    return arn("execution", "answers") + ":" + approval;
  }

  /** Returns the execution that waits for an answer. */
  String asking(String name) {
    return arn("execution", "approval") + ":" + name;
  }

  private String arn(String type, String machine) {
    return "arn:%s:states:%s:%s:%s:%s-%s"
        .formatted(partition, region, account, type, stack, machine);
  }
}
