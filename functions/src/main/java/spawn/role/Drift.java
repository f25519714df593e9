package spawn.role;

/**
 * One way in which a role differs from what it was made with.
 *
 * @param kind which part of it
 * @param detail what is different, as a sentence; statements are never quoted
 */
public record Drift(DriftKind kind, String detail) {}
