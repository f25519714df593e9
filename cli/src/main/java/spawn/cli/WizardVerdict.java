package spawn.cli;

import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.regions.Region;
import spawn.error.InvalidRequest;
import spawn.error.Problem;
import spawn.launch.LaunchPlan;
import spawn.launch.PayloadReader;

/**
 * What the stack's own code makes of a draft.
 *
 * @param plan the role and its warnings; nothing if there are problems
 * @param problems what is wrong with it
 */
record WizardVerdict(Optional<LaunchPlan> plan, List<Problem> problems) {
  /** Judges drafts as a launch's payload is judged before it is started. */
  static final class Judge {
    private final PayloadReader reader;

    Judge(Region region) {
      reader = new PayloadReader(PayloadCheck.context(Json.object(), region));
    }

    /** Returns what a launch of the draft would make. */
    WizardVerdict of(WizardDraft draft) {
      try {
        return new WizardVerdict(
            Optional.of(
                reader.read(
                    draft.payload(LaunchFlags.DEFAULT_TYPE, "ami-0123456789abcdef0"),
                    "spawn",
                    PayloadCheck.OPEN)),
            List.of());
      } catch (InvalidRequest refused) {
        return new WizardVerdict(Optional.empty(), refused.problems());
      }
    }
  }
}
