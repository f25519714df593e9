package spawn.cleanup;

/**
 * What the sweep did with an instance profile that was left without a role.
 *
 * @param profile its name
 * @param verdict {@link Verdict#KEPT}, {@link Verdict#DELETED} or {@link Verdict#FAILED}
 * @param reason why, as a phrase
 */
public record ProfileReport(String profile, Verdict verdict, String reason) {}
