package spawn.association;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.launch.LaunchedInstance;
import spawn.launch.SdkJson;

/**
 * The result of a step towards another profile of an instance.
 *
 * @param next what is to be done now
 * @param changed whether this step has changed something
 * @param instance the instance
 * @param probe a launch similar to this instance's, in EC2's own names, whose dry run shows whether
 *     EC2 sees the profile; {@code null} unless that is to be proven
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
    /** Nothing: the instance has the wanted profile, or none if none is wanted. */
    DONE,
    /** The next step, after a pause. */
    WAIT,
    /** EC2 must show that it sees the profile before the old one is taken off. */
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
    RunInstancesRequest similarLaunch =
        RunInstancesRequest.builder()
            .imageId(instance.imageId())
            .instanceType(instance.instanceTypeAsString())
            .subnetId(instance.subnetId())
            .minCount(1)
            .maxCount(1)
            .build();
    return new AssociationStep(
        Next.PROVE,
        false,
        LaunchedInstance.of(instance),
        SdkJson.write(similarLaunch),
        waitingSince,
        0);
  }

  boolean isDone() {
    return next == Next.DONE;
  }
}
