package spawn.profile;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/**
 * What EC2 is asked by dry run, to find out whether it sees an instance profile.
 *
 * @param places the launch's own request with the profile in it, for each place that it may go to,
 *     in the order in which to ask; for an existing instance, one launch similar to that instance
 * @param waitingSince when this wait began; nothing at the first question
 * @param settlesAt for an existing instance, when the profile is taken as visible without asking;
 *     nothing for a launch. Nothing will be launched for an existing instance, so EC2 may refuse
 *     the similar launch for reasons that do not matter, such as an image that is gone. Then EC2
 *     cannot be asked, and the profile's age has to decide.
 */
public record ProbeRequest(
    List<RunInstancesRequest> places,
    Optional<Instant> waitingSince,
    Optional<Instant> settlesAt) {}
