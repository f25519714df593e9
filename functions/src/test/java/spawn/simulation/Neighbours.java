package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import spawn.simulation.Statistics.RarePath;
import spawn.workflow.Stack;

/**
 * Other stacks in the account of a schedule, with launches and sweeps of their own: in other
 * regions and in the same one, behind the same boundary or another, and deployed anew, behind a new
 * boundary, while launches of the time before go on.
 */
final class Neighbours {
  private static final List<List<String>> PLACES =
      List.of(
          List.of("research", "us-east-1"),
          List.of("spawn", "eu-west-1"),
          List.of("research", "eu-west-1"));

  private final List<Neighbour> neighbours = new ArrayList<>();
  private final List<LaunchActors> launchActors = new ArrayList<>();
  private final SplittableRandom random;

  /**
   * One of them.
   *
   * @param site where it is
   * @param stack it
   * @param before the stack that was there before, with launches that still go on
   */
  private record Neighbour(Site site, Stack stack, Optional<Before> before) {}

  private record Before(Site site, Stack stack) {}

  /**
   * Draws who they are; in most schedules there are none.
   *
   * @param deploy deploys a stack at a site
   */
  Neighbours(SplittableRandom random, Function<Site, Stack> deploy) {
    this.random = random;
    List<List<String>> places = new ArrayList<>(PLACES);
    for (int i = new int[] {0, 0, 0, 0, 0, 0, 1, 1, 2}[random.nextInt(9)]; i > 0; i--) {
      List<String> place = places.remove(random.nextInt(places.size()));
      String boundary =
          random.nextBoolean()
              ? Stack.BOUNDARY
              : Stack.BOUNDARY.replace("spawn-", String.join("-", place) + "-");
      Site site = new Site(place.get(0), place.get(1), boundary);
      Optional<Before> before =
          random.nextInt(3) == 0
              ? Optional.of(new Site(site.stack(), site.region(), Site.EARLIER_BOUNDARY))
                  .map(earlier -> new Before(earlier, deploy.apply(earlier)))
              : Optional.empty();
      neighbours.add(new Neighbour(site, deploy.apply(site), before));
    }
  }

  /** Returns what the schedule's launches may ask for, of all of them. */
  List<RequestedRole> requestedRoles() {
    List<RequestedRole> all = new ArrayList<>();
    for (Neighbour neighbour : neighbours) {
      all.addAll(neighbour.site().requestedRoles());
      neighbour.before().ifPresent(before -> all.addAll(before.site().requestedRoles()));
    }
    return all;
  }

  /** Leaves something of earlier launches of theirs in the account. */
  void populate(BiFunction<Site, SplittableRandom, GivenAccount> account) {
    for (Neighbour neighbour : neighbours) {
      account.apply(neighbour.site(), random.split()).populateWhatIsFree();
    }
  }

  /**
   * Adds what they do.
   *
   * @param favourite what most launches of the first stack ask for: some of theirs ask for the same
   * @param moments draws when something happens
   */
  void enter(
      World world,
      RarePaths rarePaths,
      People people,
      RequestedRole favourite,
      Function<SplittableRandom, Duration> moments) {
    for (Neighbour neighbour : neighbours) {
      World there = world.of(neighbour.stack(), neighbour.site());
      Optional<World> before =
          neighbour.before().map(earlier -> world.of(earlier.stack(), earlier.site()));
      String name = neighbour.site().stack() + "-in-" + neighbour.site().region();
      LaunchActors launches =
          new LaunchActors(there, new Executions(there, people), rarePaths, "of-" + name + "-");
      Optional<LaunchActors> launchesBefore =
          before.map(
              earlier ->
                  new LaunchActors(
                      earlier, new Executions(earlier, people), rarePaths, "before-" + name + "-"));
      launchActors.add(launches);
      launchesBefore.ifPresent(launchActors::add);
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        LaunchActors some = random.nextBoolean() ? launches : launchesBefore.orElse(launches);
        RequestedRole requested = requested(some.site(), favourite);
        some.add(requested, withoutSubnets(requested), random.split(), moments.apply(random));
      }
      SweepActors sweeps = new SweepActors(there, rarePaths);
      for (int i = 1 + random.nextInt(2); i > 0; i--) {
        sweeps.add("sweep-of-" + name + "-" + i, random.split(), moments.apply(random));
      }
    }
  }

  private RequestedRole requested(Site site, RequestedRole favourite) {
    List<RequestedRole> all = site.requestedRoles();
    String label =
        switch (random.nextInt(4)) {
          case 0, 1 -> favourite.label();
          case 2 -> "default";
          default -> all.get(random.nextInt(all.size())).label();
        };
    return all.stream().filter(each -> each.label().equals(label)).findFirst().orElseThrow();
  }

  private static JsonNode withoutSubnets(RequestedRole requested) {
    ObjectNode payload = requested.payload().deepCopy();
    payload.remove("options");
    return payload;
  }

  /** Checks that each of their launches has come to an end. */
  void checkAllLaunchesEnded() {
    launchActors.forEach(LaunchActors::checkAllEnded);
  }

  /**
   * Lets each sweep when nothing runs any more, as the first stack does; half of them remove
   * everything that is theirs, as before they are deleted.
   */
  void sweep(Invariants invariants, Territories territories, Statistics statistics, int round) {
    for (int i = 0; i < neighbours.size(); i++) {
      Neighbour neighbour = neighbours.get(i);
      if (i % 2 == 1) {
        neighbour.stack().sweep(RequestedRole.json("{\"mayDeleteMost\":true}"));
        continue;
      }
      territories.rolesOf(neighbour.site()).forEach(role -> invariants.allowRemoval(role.name()));
      neighbour.stack().sweep(RequestedRole.json("{\"everything\":true,\"mayDeleteMost\":true}"));
      if (round == 0) {
        statistics.count(RarePath.STACK_EMPTIED);
      }
    }
  }

  /** Checks that of those that remove everything nothing is left that nobody keeps. */
  void checkNothingIsLeft(Invariants invariants, Territories territories) {
    for (int i = 0; i < neighbours.size(); i += 2) {
      territories.rolesOf(neighbours.get(i).site()).forEach(invariants::checkIsKept);
    }
  }
}
