package spawn.association;

/** Whose profile may be changed by whoever may start an execution. */
public enum AssociationScope {
  /** That of instances which their owner has tagged {@code spawn:associate=true}. */
  TAGGED,
  /** That of any instance in the stack's region. */
  ANY
}
