package spawn.cleanup;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What the sweep did with an instance profile that holds no role.
 *
 * @param profile its name
 * @param verdict {@link Verdict#KEPT}, {@link Verdict#DELETED} or {@link Verdict#FAILED}
 * @param detail why, as a phrase; {@code reason} in JSON
 */
public record ProfileReport(
    String profile, Verdict verdict, @JsonProperty("reason") String detail) {}
