package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.cleanup.GivenRequest.aRequest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.inventory.Candidate;
import spawn.inventory.Usage;
import spawn.policy.TrustedPrincipals;
import spawn.role.KnownRole;
import spawn.role.RoleRequests;
import spawn.role.Tags;

/** Decides every combination of facts, and compares with the rules as a table. */
@Tag("slow")
class VerdictsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  /** What may be true of a role, fact by fact. */
  private static final Map<String, List<String>> FACTS = new LinkedHashMap<>();

  static {
    FACTS.put("name", List.of("generated", "given"));
    // Of all roles, of this one or others by name, of its set, of both, and of everything.
    FACTS.put(
        "call", List.of("all", "this", "others", "set", "set+this", "set+others", "everything"));
    // Whether it carries the set's tag; it may lose it after it was first read.
    FACTS.put("ofSet", List.of("yes", "lost", "no"));
    FACTS.put("othersOfSet", List.of("unused", "used"));
    FACTS.put("used", List.of("no", "yes"));
    FACTS.put("profile", List.of("own", "foreign"));
    FACTS.put("trust", List.of("ec2", "more"));
    FACTS.put("regions", List.of("read", "unread"));
    FACTS.put("age", List.of("old", "young"));
    FACTS.put("managed", List.of("yes", "no"));
    FACTS.put("keep", List.of("no", "yes"));
    FACTS.put("lease", List.of("none", "running", "justOver", "over", "afterMark", "unreadable"));
    FACTS.put("mark", List.of("none", "young", "ripe", "lapsed", "ahead", "unreadable"));
    FACTS.put("lastUsed", List.of("never", "twoDaysAgo", "beforeMark", "afterMark"));
  }

  /**
   * The first row that fits decides; a fact that a row leaves out may be any, and {@code |} stands
   * between values of one.
   */
  private static final String RULES =
      """
      ofSet=no call=set|set+this|set+others                        left out
      call=others|set+others                                       NOT_ASKED_FOR
      name=given call=all                                          NAMED_BY_USER
      used=yes call=all|this                                       IN_USE
      used=yes call=everything name=generated                      IN_USE
      used=yes call=everything ofSet=no                            IN_USE
      used=yes mark=none                                           IN_USE
      used=yes                                                     unmark IN_USE
      profile=foreign call=all|this                                FOREIGN_PROFILE
      profile=foreign call=everything name=generated               FOREIGN_PROFILE
      profile=foreign call=everything ofSet=no                     FOREIGN_PROFILE
      profile=foreign mark=none                                    FOREIGN_PROFILE
      profile=foreign                                              unmark FOREIGN_PROFILE
      trust=more call=all|this                                     TRUSTS_MORE_THAN_EC2
      regions=unread                                               REGION_NOT_READ
      age=young call=all|this|everything                           TOO_YOUNG
      managed=no                                                   NOT_MANAGED
      ofSet=lost call=set|set+this keep=yes                        NOT_ASKED_FOR
      ofSet=lost call=set|set+this lease=running|justOver|unreadable    NOT_ASKED_FOR
      ofSet=lost call=set|set+this trust=more lastUsed=beforeMark|afterMark    NOT_ASKED_FOR
      ofSet=lost call=set|set+this othersOfSet=unused              NOT_ASKED_FOR
      keep=yes mark=none                                           KEEP_TAG
      keep=yes                                                     unmark KEEP_TAG
      lease=unreadable mark=none                                   LEASE_UNREADABLE
      lease=unreadable                                             unmark LEASE_UNREADABLE
      lease=running|justOver mark=none                             LEASED
      lease=running|justOver                                       unmark LEASED
      trust=more lastUsed=beforeMark|afterMark mark=none           IN_USE
      trust=more lastUsed=beforeMark|afterMark                     unmark IN_USE
      othersOfSet=used call=set|set+this mark=none                 SET_IN_USE
      othersOfSet=used call=set|set+this                           unmark SET_IN_USE
      othersOfSet=used call=everything name=given ofSet=yes|lost mark=none    SET_IN_USE
      othersOfSet=used call=everything name=given ofSet=yes|lost   unmark SET_IN_USE
      mark=none|lapsed|ahead|unreadable                            mark
      lease=afterMark call=set|set+this|everything                 mark
      lease=afterMark                                              unmark LEASED
      lastUsed=afterMark call=set|set+this|everything              mark
      lastUsed=afterMark                                           unmark IN_USE
      mark=young                                                   MARKED
      mark=ripe                                                    delete
      """;

  private record Rule(Map<String, Set<String>> facts, String verdict) {
    static Rule parsed(String line) {
      int column = line.indexOf("  ");
      Map<String, Set<String>> facts = new HashMap<>();
      for (String fact : line.substring(0, column).split(" ", -1)) {
        String name = fact.split("=", 2)[0];
        Set<String> values = Set.of(fact.split("=", 2)[1].split("\\|", -1));
        assertThat(FACTS.get(name)).as(line).containsAll(values);
        facts.put(name, values);
      }
      return new Rule(facts, line.substring(column).strip());
    }

    boolean fits(Map<String, String> role) {
      for (Map.Entry<String, Set<String>> fact : facts.entrySet()) {
        if (!fact.getValue().contains(role.get(fact.getKey()))) {
          return false;
        }
      }
      return true;
    }
  }

  private static void forEach(
      List<String> facts, Map<String, String> chosen, Consumer<Map<String, String>> what) {
    if (facts.isEmpty()) {
      what.accept(chosen);
      return;
    }
    for (String value : FACTS.get(facts.get(0))) {
      chosen.put(facts.get(0), value);
      forEach(facts.subList(1, facts.size()), chosen, what);
    }
  }

  @Test
  void everyCombinationIsDecidedByTheFirstRuleThatFits() {
    List<Rule> rules = RULES.lines().map(Rule::parsed).toList();
    Set<Rule> unneeded = new HashSet<>(rules);
    List<String> wrong = new ArrayList<>();
    forEach(
        List.copyOf(FACTS.keySet()),
        new LinkedHashMap<>(),
        role -> {
          Rule rule = firstThatFits(rules, role);
          unneeded.remove(rule);
          String decided = decided(role);
          if (!decided.equals(rule.verdict())) {
            wrong.add(role + " gave " + decided + ", not " + rule.verdict());
          }
        });

    assertThat(wrong).isEmpty();
    assertThat(unneeded).isEmpty();
  }

  private static Rule firstThatFits(List<Rule> rules, Map<String, String> role) {
    for (Rule rule : rules) {
      if (rule.fits(role)) {
        return rule;
      }
    }
    throw new AssertionError("no rule is for " + role);
  }

  @Test
  void aRoleThatWasRecreatedIsLeftAlone() {
    Map<String, String> ripe = new LinkedHashMap<>();
    FACTS.forEach((fact, values) -> ripe.put(fact, values.get(0)));
    ripe.put("mark", "ripe");
    Candidate listed = candidate(ripe);
    Candidate before =
        new Candidate(
            listed.name(),
            "AROABEFORE",
            listed.created(),
            listed.trusted(),
            listed.profiles(),
            listed.foreignProfiles(),
            listed.expires());

    assertThat(decided(ripe)).isEqualTo("delete");
    assertThat(verdicts(ripe).byTags(before, role(ripe)))
        .isInstanceOfSatisfying(
            Decision.Keep.class, keep -> assertThat(keep.code()).isEqualTo(KeepReason.MADE_ANEW));
  }

  @Test
  void olderThanOnlyAddsToTheSweepsPatience() {
    Map<String, String> old = new LinkedHashMap<>();
    FACTS.forEach((fact, values) -> old.put(fact, values.get(0)));
    Candidate twoHoursOld = candidate(old);
    Usage none = Usage.NOT_ASKED;

    assertThat(olderThan(Duration.ofHours(3)).byListing(twoHoursOld, none))
        .hasValueSatisfying(keep -> assertThat(keep.code()).isEqualTo(KeepReason.TOO_YOUNG));
    assertThat(olderThan(Duration.ofHours(1)).byListing(twoHoursOld, none)).isEmpty();
    assertThat(olderThan(Duration.ZERO).isYoung(NOW.minus(Duration.ofMinutes(59)))).isTrue();
  }

  private static Verdicts olderThan(Duration age) {
    return new Verdicts(
        RoleRequests.OWNER, SweepTerms.STANDARD, aRequest().olderThan(age).build(), NOW);
  }

  /** Decides as a run does, which first looks at the listing, and at all roles of a set twice. */
  private static String decided(Map<String, String> facts) {
    Candidate listed = candidate(facts);
    Verdicts verdicts = verdicts(facts);
    String another = set(facts) + "-another";
    RolesOfSets ofSet =
        RolesOfSets.of(
            request(facts),
            RoleRequests.OWNER,
            List.of(listed, candidate(facts, another)),
            names ->
                names.stream()
                    .map(name -> role(facts, name, name.equals(another) || isInSetAtFirst(facts)))
                    .toList());
    if (ofSet.leavesOut(listed)) {
      return "left out";
    }
    Optional<Decision.Keep> keep = verdicts.byListing(listed, usage(facts));
    if (keep.isPresent()) {
      return word(ofSet.kept(listed, keep.get()));
    }
    RoleReport other = new Decision.Keep(KeepReason.IN_USE, "used").report(another);
    ofSet.lookForUse(
        facts.get("othersOfSet").equals("used") ? List.of(other) : List.of(),
        List.of(listed),
        verdicts);
    return word(ofSet.decided(listed, role(facts), verdicts));
  }

  private static boolean isInSetAtFirst(Map<String, String> facts) {
    return !facts.get("ofSet").equals("no");
  }

  private static Usage usage(Map<String, String> facts) {
    return new Usage(
        facts.get("used").equals("yes") ? Map.of("AIPAOWN", List.of("i-1")) : Map.of(),
        Map.of(),
        facts.get("regions").equals("read") ? Map.of() : Map.of("eu-west-1", "Unavailable"));
  }

  private static String word(Decision decision) {
    RoleReport report = decision.report("role");
    return switch (report.verdict()) {
      case KEPT -> report.code().name();
      case MARKED -> "mark";
      case UNMARKED -> "unmark " + report.code();
      case DELETED -> "delete";
      case FAILED -> throw new AssertionError("no decision fails");
    };
  }

  private static Verdicts verdicts(Map<String, String> facts) {
    return new Verdicts(RoleRequests.OWNER, SweepTerms.STANDARD, request(facts), NOW);
  }

  private static SweepRequest request(Map<String, String> facts) {
    GivenRequest request = aRequest();
    if (facts.get("call").endsWith("this")) {
      request.roleNames(name(facts));
    } else if (facts.get("call").endsWith("others")) {
      request.roleNames("another");
    }
    if (facts.get("call").startsWith("set")) {
      request.roleSet(set(facts));
    }
    if (facts.get("call").equals("everything")) {
      request.everything();
    }
    return request.build();
  }

  private static String name(Map<String, String> facts) {
    return set(facts) + (facts.get("name").equals("generated") ? "-instance-0123abcd" : "-reports");
  }

  private static String set(Map<String, String> facts) {
    return facts.get("name").equals("generated") ? "spawn" : "nightly";
  }

  private static Instant created(Map<String, String> facts) {
    return NOW.minus(Duration.ofMinutes(facts.get("age").equals("old") ? 120 : 30));
  }

  private static Candidate candidate(Map<String, String> facts) {
    return candidate(facts, name(facts));
  }

  private static Candidate candidate(Map<String, String> facts, String name) {
    List<InstanceProfile> profiles = new ArrayList<>();
    profiles.add(profile("AIPAOWN", RoleRequests.OWNER.path()));
    if (facts.get("profile").equals("foreign")) {
      profiles.add(profile("AIPATHEIRS", "/"));
    }
    return new Candidate(
        name,
        "AROA1",
        created(facts),
        new TrustedPrincipals(
            new TreeSet<>(
                facts.get("trust").equals("ec2")
                    ? Set.of("ec2.amazonaws.com")
                    : Set.of("ec2.amazonaws.com", "ecs-tasks.amazonaws.com"))),
        profiles,
        profiles.stream().filter(profile -> profile.path().equals("/")).toList(),
        Optional.empty());
  }

  private static InstanceProfile profile(String id, String path) {
    return InstanceProfile.builder()
        .instanceProfileId(id)
        .instanceProfileName("profile")
        .path(path)
        .arn("arn:aws:iam::123456789012:instance-profile" + path + "profile")
        .build();
  }

  private static KnownRole role(Map<String, String> facts) {
    return role(facts, name(facts), facts.get("ofSet").equals("yes"));
  }

  private static KnownRole role(Map<String, String> facts, String name, boolean carriesSet) {
    Map<String, String> tags = new TreeMap<>();
    if (carriesSet) {
      tags.put(Tags.SET, set(facts));
    }
    if (facts.get("managed").equals("yes")) {
      tags.put(Tags.MANAGED, "true");
    }
    if (facts.get("keep").equals("yes")) {
      tags.put(Tags.KEEP, "true");
    }
    lease(facts.get("lease")).ifPresent(value -> tags.put(Tags.LEASE_UNTIL, value));
    mark(facts.get("mark")).ifPresent(value -> tags.put(Tags.DELETING, value));
    return new KnownRole(
        name,
        RoleRequests.OWNER.path(),
        "arn:aws:iam::123456789012:role/spawn/" + name,
        "AROA1",
        created(facts),
        "{}",
        Optional.empty(),
        3600,
        lastUsed(facts.get("lastUsed")),
        tags);
  }

  private static Optional<String> lease(String fact) {
    return switch (fact) {
      case "running" -> minutesAgo(-30);
      case "justOver" -> minutesAgo(1);
      case "over" -> minutesAgo(180);
      case "afterMark" -> minutesAgo(3);
      case "unreadable" -> Optional.of("tomorrow");
      default -> Optional.empty();
    };
  }

  private static Optional<String> mark(String fact) {
    return switch (fact) {
      case "young" -> minutesAgo(14);
      case "ripe" -> minutesAgo(15);
      case "lapsed" -> minutesAgo(26 * 60 + 1);
      case "ahead" -> minutesAgo(-1);
      case "unreadable" -> Optional.of("yesterday");
      default -> Optional.empty();
    };
  }

  private static Optional<Instant> lastUsed(String fact) {
    return switch (fact) {
      case "twoDaysAgo" -> Optional.of(NOW.minus(Duration.ofDays(2)));
      case "beforeMark" -> Optional.of(NOW.minus(Duration.ofHours(2)));
      case "afterMark" -> Optional.of(NOW.minus(Duration.ofMinutes(5)));
      default -> Optional.empty();
    };
  }

  private static Optional<String> minutesAgo(int minutes) {
    return Optional.of(NOW.minus(Duration.ofMinutes(minutes)).toString());
  }
}
