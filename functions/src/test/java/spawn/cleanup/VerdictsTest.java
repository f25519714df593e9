package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.inventory.Candidate;
import spawn.inventory.Usage;
import spawn.policy.TrustedPrincipals;
import spawn.role.KnownRole;
import spawn.role.Tags;

/** Decides every combination of facts, and compares with the rules as a table. */
class VerdictsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  /** What may be true of a role, fact by fact. */
  private static final Map<String, List<String>> FACTS = new LinkedHashMap<>();

  static {
    FACTS.put("name", List.of("generated", "given"));
    FACTS.put("call", List.of("all", "this", "others"));
    FACTS.put("used", List.of("no", "yes"));
    FACTS.put("profile", List.of("own", "foreign"));
    FACTS.put("trust", List.of("ec2", "more"));
    FACTS.put("regions", List.of("read", "unread"));
    FACTS.put("age", List.of("old", "young"));
    FACTS.put("managed", List.of("yes", "no"));
    FACTS.put("keep", List.of("no", "yes"));
    FACTS.put("lease", List.of("none", "running", "justOver", "over", "afterMark", "unreadable"));
    FACTS.put("mark", List.of("none", "young", "ripe", "lapsed", "ahead", "unreadable"));
    FACTS.put("lastUsed", List.of("never", "beforeMark", "afterMark"));
  }

  /** The first row that fits decides; a fact that a row leaves out may be any. */
  private static final String RULES =
      """
      call=others                                   NOT_ASKED_FOR
      name=given call=all                           NAMED_BY_USER
      used=yes                                      IN_USE
      profile=foreign                               FOREIGN_PROFILE
      trust=more                                    TRUSTS_MORE_THAN_EC2
      regions=unread                                REGION_NOT_READ
      age=young                                     TOO_YOUNG
      managed=no                                    NOT_MANAGED
      keep=yes mark=none                            KEEP_TAG
      keep=yes                                      unmark KEEP_TAG
      lease=unreadable mark=none                    LEASE_UNREADABLE
      lease=unreadable                              unmark LEASE_UNREADABLE
      lease=running mark=none                       LEASED
      lease=running                                 unmark LEASED
      lease=justOver mark=none                      LEASED
      lease=justOver                                unmark LEASED
      mark=none                                     mark
      mark=lapsed                                   mark
      mark=ahead                                    mark
      mark=unreadable                               mark
      lease=afterMark                               unmark LEASED
      lastUsed=afterMark                            unmark IN_USE
      mark=young                                    MARKED
      mark=ripe                                     delete
      """;

  private record Rule(Map<String, String> facts, String verdict) {
    static Rule parsed(String line) {
      int column = line.indexOf("  ");
      Map<String, String> facts = new HashMap<>();
      for (String fact : line.substring(0, column).split(" ", -1)) {
        facts.put(fact.split("=", 2)[0], fact.split("=", 2)[1]);
      }
      return new Rule(facts, line.substring(column).strip());
    }

    boolean fits(Map<String, String> role) {
      return role.entrySet().containsAll(facts.entrySet());
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
          Rule rule = rules.stream().filter(each -> each.fits(role)).findFirst().orElseThrow();
          unneeded.remove(rule);
          String decided = decided(role);
          if (!decided.equals(rule.verdict())) {
            wrong.add(role + " gave " + decided + ", not " + rule.verdict());
          }
        });

    assertThat(wrong).isEmpty();
    assertThat(unneeded).isEmpty();
  }

  @Test
  void aRoleThatWasMadeAnewIsLeftAlone() {
    Map<String, String> ripe = new LinkedHashMap<>();
    FACTS.forEach((fact, values) -> ripe.put(fact, values.get(0)));
    ripe.put("mark", "ripe");
    Candidate listed = candidate(ripe);
    Candidate before =
        new Candidate(
            listed.name(), "AROABEFORE", listed.created(), listed.trusted(), listed.profiles());

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
    Usage none = new Usage(Map.of(), Map.of());

    assertThat(olderThan(Duration.ofHours(3)).byListing(twoHoursOld, none))
        .hasValueSatisfying(keep -> assertThat(keep.code()).isEqualTo(KeepReason.TOO_YOUNG));
    assertThat(olderThan(Duration.ofHours(1)).byListing(twoHoursOld, none)).isEmpty();
    assertThat(olderThan(Duration.ZERO).isYoung(NOW.minus(Duration.ofMinutes(59)))).isTrue();
  }

  private static Verdicts olderThan(Duration age) {
    return new Verdicts(
        SweepTerms.STANDARD,
        new SweepRequest(false, Set.of(), Set.of(), age, false, Optional.empty()),
        NOW);
  }

  private static String decided(Map<String, String> facts) {
    Candidate listed = candidate(facts);
    Usage usage =
        new Usage(
            facts.get("used").equals("yes") ? Map.of("AIPAOWN", List.of("i-1")) : Map.of(),
            facts.get("regions").equals("read") ? Map.of() : Map.of("eu-west-1", "Unavailable"));
    Verdicts verdicts = verdicts(facts);
    return verdicts
        .byListing(listed, usage)
        .<Decision>map(keep -> keep)
        .map(VerdictsTest::word)
        .orElseGet(() -> word(verdicts.byTags(listed, role(facts))));
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
    Set<String> named =
        switch (facts.get("call")) {
          case "this" -> Set.of(name(facts));
          case "others" -> Set.of("another");
          default -> Set.of();
        };
    return new Verdicts(
        SweepTerms.STANDARD,
        new SweepRequest(false, Set.of(), named, Duration.ZERO, false, Optional.empty()),
        NOW);
  }

  private static String name(Map<String, String> facts) {
    return facts.get("name").equals("generated") ? "spawn-instance-0123abcd" : "reports";
  }

  private static Instant created(Map<String, String> facts) {
    return NOW.minus(Duration.ofMinutes(facts.get("age").equals("old") ? 120 : 30));
  }

  private static Candidate candidate(Map<String, String> facts) {
    List<InstanceProfile> profiles = new ArrayList<>();
    profiles.add(profile("AIPAOWN", Tags.PATH));
    if (facts.get("profile").equals("foreign")) {
      profiles.add(profile("AIPATHEIRS", "/"));
    }
    return new Candidate(
        name(facts),
        "AROA1",
        created(facts),
        new TrustedPrincipals(
            new TreeSet<>(
                facts.get("trust").equals("ec2")
                    ? Set.of("ec2.amazonaws.com")
                    : Set.of("ec2.amazonaws.com", "ecs-tasks.amazonaws.com"))),
        profiles);
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
    Map<String, String> tags = new TreeMap<>();
    if (facts.get("managed").equals("yes")) {
      tags.put(Tags.MANAGED, "true");
    }
    if (facts.get("keep").equals("yes")) {
      tags.put(Tags.KEEP, "true");
    }
    lease(facts.get("lease")).ifPresent(value -> tags.put(Tags.LEASE_UNTIL, value));
    mark(facts.get("mark")).ifPresent(value -> tags.put(Tags.DELETING, value));
    return new KnownRole(
        name(facts),
        Tags.PATH,
        "arn:aws:iam::123456789012:role/spawn/" + name(facts),
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
      case "beforeMark" -> Optional.of(NOW.minus(Duration.ofHours(2)));
      case "afterMark" -> Optional.of(NOW.minus(Duration.ofMinutes(5)));
      default -> Optional.empty();
    };
  }

  private static Optional<String> minutesAgo(int minutes) {
    return Optional.of(NOW.minus(Duration.ofMinutes(minutes)).toString());
  }
}
