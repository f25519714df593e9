package spawn.lambda;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * What a function has of the invocation that it serves.
 *
 * @param timeLeft how much longer Lambda lets it run
 * @param line what it tells the log: before it calls AWS, what this is about, so that a failure
 *     says it too; afterwards the event and its figures. A line without an event is not written
 */
public record Invocation(Supplier<Duration> timeLeft, LogLine line) {}
