package spawn.cleanup;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.model.DeleteConflictException;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.inventory.Usage;
import spawn.role.Tags;

/**
 * Removes the instance profiles that hold no role: a launch or a deletion that stopped half-way
 * leaves them behind, and nothing else would ever look at them. One that is filled at this moment
 * is safe: IAM deletes no profile that holds a role (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html">DeleteInstanceProfile</a>).
 */
final class OrphanProfiles {
  private final Verdicts verdicts;
  private final RoleDeletion deletion;
  private final RunBudget budget;
  private final Crew crew;
  private final boolean dryRun;
  private final Map<String, ProfileReport> reports = new TreeMap<>();

  OrphanProfiles(
      Verdicts verdicts, RoleDeletion deletion, RunBudget budget, Crew crew, boolean dryRun) {
    this.verdicts = verdicts;
    this.deletion = deletion;
    this.budget = budget;
    this.crew = crew;
    this.dryRun = dryRun;
  }

  /**
   * Removes those of the profiles that are old enough, spawn's own, on no instance and named by
   * nothing that can start one.
   *
   * @param empty the profiles under spawn's path that hold no role
   * @param usage what uses those of them that are old enough, with every region read
   * @param isAnswered whether every region has told of a profile whether its instances carry it
   */
  void remove(List<InstanceProfile> empty, Usage usage, Predicate<InstanceProfile> isAnswered) {
    crew.each(empty, profile -> look(profile, usage, isAnswered.test(profile)));
  }

  private void look(InstanceProfile profile, Usage usage, boolean isAnswered) {
    String name = profile.instanceProfileName();
    List<String> instances = usage.instances(profile.instanceProfileId());
    List<String> starters = usage.starters(profile.instanceProfileId());
    if (verdicts.isYoung(profile.createDate())) {
      note(name, Verdict.KEPT, "too young: made at " + profile.createDate());
    } else if (!instances.isEmpty()) {
      note(name, Verdict.KEPT, "carried by " + String.join(", ", instances));
    } else if (!isAnswered) {
      note(name, Verdict.KEPT, "this run had no time to ask every region for it");
    } else if (!starters.isEmpty()) {
      note(name, Verdict.KEPT, "used by " + String.join(", ", starters));
    } else if (budget.isOver(budget.end(), "profile " + name)) {
      note(name, Verdict.KEPT, "the run ended before its turn");
    } else {
      remove(name);
    }
  }

  private void remove(String name) {
    try {
      if (!deletion.isManaged(name)) {
        note(name, Verdict.KEPT, "it lacks the tag " + Tags.MANAGED + "=true");
        return;
      }
      if (!dryRun) {
        deletion.deleteProfile(name);
      }
      note(name, Verdict.DELETED, "it holds no role");
    } catch (DeleteConflictException filledMeanwhile) {
      note(name, Verdict.KEPT, "a role was put into it during the sweep");
    } catch (SdkException failure) {
      budget.stopIfThrottled("at profile %s: AWS asks to slow down".formatted(name), failure);
      note(name, Verdict.FAILED, failure.getMessage());
    }
  }

  /** Returns what was found of each profile, and done with it, by name. */
  synchronized List<ProfileReport> reports() {
    return List.copyOf(reports.values());
  }

  private synchronized void note(String profile, Verdict verdict, String detail) {
    reports.put(profile, new ProfileReport(profile, verdict, detail));
  }
}
