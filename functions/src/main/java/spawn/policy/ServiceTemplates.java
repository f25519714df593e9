package spawn.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The words of one service, and how its resources are written.
 *
 * @param example a resource as messages show it, in the shorthand if there is one; null for a
 *     service without resources
 * @param shorthand how a resource is written without its ARN, or null if it is not
 * @param forms the ARNs to which the words can be bound
 * @param groups the actions of the levels
 * @param tasks the tasks by their names
 * @param derived whether all of it follows from {@link ServiceReference}. Then every form that
 *     matches an ARN counts, otherwise the first
 */
record ServiceTemplates(
    String example,
    Shorthand shorthand,
    List<Form> forms,
    List<ActionGroup> groups,
    Map<String, Job> tasks,
    boolean derived) {
  /** Fills in what the data leaves out. */
  ServiceTemplates {
    tasks = tasks == null ? Map.of() : tasks;
  }

  /**
   * How a resource is written as {@code service://name}.
   *
   * @param before what stands before the name in the ARN's last part
   * @param after what follows the name there, unless the name ends in a wildcard
   */
  record Shorthand(String before, String after) {
    String resource(String name) {
      // The names of parameters may or may not begin with the slash that their ARNs share.
      boolean slashes = before.endsWith("/") && name.startsWith("/");
      return before + (slashes ? name.substring(1) : name) + (name.endsWith("*") ? "" : after);
    }
  }

  /**
   * One form of ARN.
   *
   * @param arn service, region and account: {@code REGION} and {@code ACCOUNT} may be any, and are
   *     the stack's where left out; otherwise they are as written here, or empty
   * @param matches the ARN's last part
   * @param gives for each ARN kind the last parts to which actions on that kind are bound
   * @param only for an ARN kind, what must hold too where actions on that kind are granted
   * @param variables whether the form is for ARNs with a policy variable only
   */
  record Form(
      String arn,
      Pattern matches,
      Map<String, List<String>> gives,
      Map<String, Condition> only,
      boolean variables) {
    /** Fills in what the data leaves out. */
    Form {
      only = only == null ? Map.of() : only;
    }

    /** Returns the service of the ARNs, {@code *} if it may be any. */
    String service() {
      return arn.substring(0, arn.indexOf(':'));
    }

    /** Returns the region as {@link Form#arn} has it. */
    String region() {
      return arn.substring(arn.indexOf(':') + 1, arn.lastIndexOf(':'));
    }

    /** Returns the account as {@link Form#arn} has it. */
    String account() {
      return arn.substring(arn.lastIndexOf(':') + 1);
    }

    private boolean isOf(String arnService) {
      return service().equals("*") || service().equals(arnService);
    }

    private Optional<UnaryOperator<String>> match(ResourceArn written) {
      return isOf(written.service()) && (!variables || written.resource().hasVariables())
          ? written.resource().match(matches)
          : Optional.empty();
    }

    private Map<String, List<Target>> targets(String prefix, UnaryOperator<String> fill) {
      Map<String, List<Target>> targets = new LinkedHashMap<>();
      for (Map.Entry<String, List<String>> kind : gives.entrySet()) {
        Condition condition =
            only.containsKey(kind.getKey())
                ? filled(only.get(kind.getKey()), fill)
                : Condition.NONE;
        List<Target> ofKind = new ArrayList<>();
        for (String resource : kind.getValue()) {
          ofKind.add(new Target(prefix + fill.apply(resource), condition));
        }
        targets.put(kind.getKey(), ofKind);
      }
      return targets;
    }

    private static Condition filled(Condition condition, UnaryOperator<String> fill) {
      SortedMap<String, SortedMap<String, List<String>>> operators = new TreeMap<>();
      condition
          .operators()
          .forEach(
              (operator, keys) -> {
                SortedMap<String, List<String>> filled = new TreeMap<>();
                keys.forEach((key, values) -> filled.put(key, values.stream().map(fill).toList()));
                operators.put(operator, filled);
              });
      return new Condition(operators);
    }
  }

  /**
   * One task of the service.
   *
   * @param does what it does, as the guide says it
   * @param groups its actions
   */
  record Job(String does, List<ActionGroup> groups) {}

  /**
   * What an ARN is to the service.
   *
   * @param targets for each ARN kind, what is granted on; empty if the ARN has no form of the
   *     service's
   * @param own whether one of the forms is the service's own
   * @param problem what is wrong with the region or account of an ARN that otherwise has a form
   */
  record Binding(Map<String, List<Target>> targets, boolean own, Optional<String> problem) {}

  /** Returns whether ARNs of this service, such as {@code iam}, are among its resources. */
  boolean hasArnsOf(String arnService) {
    for (Form form : forms) {
      if (form.service().equals(arnService)) {
        return true;
      }
    }
    return false;
  }

  Template template(String service, Level level) {
    return new Template(
        service, level, groups.stream().filter(group -> group.levels().contains(level)).toList());
  }

  /** Returns the task of that name in any letter case, or nothing. */
  Optional<Task> task(String service, String name) {
    return tasks.entrySet().stream()
        .filter(task -> task.getKey().equalsIgnoreCase(name))
        .findFirst()
        .map(task -> task(service, task));
  }

  /** Returns all tasks of the service, which has this name. */
  List<Task> tasks(String service) {
    return tasks.entrySet().stream().map(task -> task(service, task)).toList();
  }

  private static Task task(String service, Map.Entry<String, Job> task) {
    return new Task(service, task.getKey(), task.getValue().does(), task.getValue().groups());
  }

  /**
   * Returns what an ARN is to the service.
   *
   * @param service the name of the service
   * @param arn the ARN
   * @param owners fills in the region and account where the ARN leaves them out
   */
  Binding bind(String service, ResourceArn arn, ArnOwners owners) {
    boolean hasOwn = hasArnsOf(service);
    Map<String, List<Target>> targets = new TreeMap<>();
    boolean own = false;
    Optional<String> problem = Optional.empty();
    for (Form form : forms) {
      Optional<UnaryOperator<String>> fill = form.match(arn);
      if (fill.isEmpty()) {
        continue;
      }
      ArnOwners.Owner owner = owners.of(arn, form);
      if (owner.problem().isEmpty()) {
        targets.putAll(form.targets(owner.prefix(), fill.get()));
        own |= !hasOwn || form.service().equals(service);
      } else if (problem.isEmpty()) {
        problem = owner.problem();
      }
      if (!derived) {
        break;
      }
    }
    return new Binding(targets, own, targets.isEmpty() ? problem : Optional.empty());
  }
}
