package spawn.association;

/** The instances whose profile callers may change. */
public enum AssociationScope {
  /** Those that their owner has tagged {@code spawn:associate=true}. */
  TAGGED,
  /** All instances in the stack's region. */
  ANY
}
