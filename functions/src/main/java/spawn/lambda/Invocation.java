package spawn.lambda;

/**
 * What a function has of the invocation that it serves.
 *
 * @param deadline how much longer Lambda lets it run
 * @param line what it tells the log: before it calls AWS, what this is about, so that a failure
 *     says it too; afterwards the event and its metrics. A line without an event is not written
 */
public record Invocation(Deadline deadline, LogLine line) {}
