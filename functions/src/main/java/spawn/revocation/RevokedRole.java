package spawn.revocation;

import java.time.Instant;
import java.util.List;

/**
 * A role after an operator's call, as JSON.
 *
 * @param role its name
 * @param arn its ARN
 * @param roleId its unique id (AROA…)
 * @param revoked what is denied to it now, in one word: {@code everything} or {@code sessions};
 *     {@code null} if nothing is
 * @param since when that was said; {@code null} if nothing is denied
 * @param changed whether this call has written anything
 * @param notes what it does not reach, and what is left to do, as sentences
 */
public record RevokedRole(
    String role,
    String arn,
    String roleId,
    String revoked,
    Instant since,
    boolean changed,
    List<String> notes) {}
