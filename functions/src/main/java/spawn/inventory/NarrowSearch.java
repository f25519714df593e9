package spawn.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.iam.model.InstanceProfile;

/**
 * Asks one region, which is too large to be listed, which of certain profiles instances carry.
 *
 * <p>One instance is enough to keep a role, so a profile that a page shows is not asked for again:
 * however many instances carry the profiles, there are no more calls than batches and profiles in
 * use, and pages that show none of them.
 */
final class NarrowSearch {
  private final List<InstanceProfile> profiles;
  private final Map<String, List<String>> users = new HashMap<>();
  private final Set<String> answered = new HashSet<>();

  /**
   * What is found by now.
   *
   * @param users a few of the instances that carry a profile, by the profile's unique id
   * @param answered the ids of the profiles that were asked for to the end
   */
  record Found(Map<String, List<String>> users, Set<String> answered) {}

  NarrowSearch(List<InstanceProfile> profiles) {
    this.profiles = profiles;
  }

  /**
   * Asks for one batch after the other, as long as it is awaited.
   *
   * @param found what is found of use before, and takes what is found here
   */
  void run(Ec2Client ec2, Findings found) {
    for (List<InstanceProfile> batch : Carriers.batches(profiles)) {
      if (!found.isAwaited() || !isAnswered(ec2, batch, found)) {
        return;
      }
      take(batch, found);
    }
  }

  private synchronized void take(List<InstanceProfile> batch, Findings found) {
    batch.forEach(profile -> answered.add(profile.instanceProfileId()));
    found.users().forEach((profile, some) -> users.put(profile, List.copyOf(some)));
  }

  /** Returns what is found by now; the search may still go on. */
  synchronized Found found() {
    return new Found(new HashMap<>(users), new HashSet<>(answered));
  }

  /** Asks for a batch; returns whether that came to an end while it was awaited. */
  private static boolean isAnswered(Ec2Client ec2, List<InstanceProfile> batch, Findings found) {
    List<InstanceProfile> open = new ArrayList<>(batch);
    boolean isWhole = false;
    while (!isWhole && !open.isEmpty()) {
      isWhole = true;
      for (DescribeInstancesResponse page : Carriers.carrying(ec2, List.copyOf(open))) {
        if (!found.isAwaited()) {
          return false;
        }
        Set<String> used = new HashSet<>();
        page.reservations().forEach(some -> used.addAll(Carriers.note(some, found)));
        boolean isNew = open.removeIf(profile -> used.contains(profile.instanceProfileId()));
        if (isNew && Carriers.hasMore(page.nextToken())) {
          isWhole = false; // the other pages may show the same again
          break;
        }
      }
    }
    return true;
  }
}
