package spawn.association;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.launch.LaunchedInstance;
import spawn.launch.SdkJson;

/**
 * What a step towards another profile of an instance has come to.
 *
 * @param next what is to be done now
 * @param changed whether this step has changed something
 * @param instance the instance
 * @param probe a launch like this instance, in EC2's own names, by whose dry run EC2 shows whether
 *     it sees the profile; {@code null} unless that is to be proven
 * @param waitingSince when this wait began, or {@code null} when it is over
 * @param nextStepInSeconds how long to wait before the next step
 */
public record AssociationStep(
    Next next,
    boolean changed,
    LaunchedInstance instance,
    JsonNode probe,
    Instant waitingSince,
    int nextStepInSeconds) {
  /** What is to be done after a step. */
  public enum Next {
    /** Nothing: the instance has what it shall have. */
    DONE,
    /** The next step, after a pause. */
    WAIT,
    /** EC2 has to show that it sees the profile, before the old one is taken off. */
    PROVE
  }

  static AssociationStep done(Instance instance, boolean changed) {
    return new AssociationStep(Next.DONE, changed, LaunchedInstance.of(instance), null, null, 0);
  }

  static AssociationStep later(Instance instance, Instant waitingSince, int seconds) {
    return new AssociationStep(
        Next.WAIT, false, LaunchedInstance.of(instance), null, waitingSince, seconds);
  }

  static AssociationStep prove(Instance instance, Instant waitingSince) {
    RunInstancesRequest likeIt =
        RunInstancesRequest.builder()
            .imageId(instance.imageId())
            .instanceType(instance.instanceTypeAsString())
            .subnetId(instance.subnetId())
            .minCount(1)
            .maxCount(1)
            .build();
    return new AssociationStep(
        Next.PROVE, false, LaunchedInstance.of(instance), SdkJson.write(likeIt), waitingSince, 0);
  }

  boolean isDone() {
    return next == Next.DONE;
  }
}
