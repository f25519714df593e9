package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.policy.PolicyHash;

class OwnerTest {
  private static final PolicyHash CONTENT = PolicyHash.of("content");
  private static final String LONGEST = "pppppppppppppppppppp";

  private static Owner owner(String stack, String region, String prefix) {
    return new Owner("/spawn/%s/%s/".formatted(stack, region), prefix);
  }

  private static List<String> names(Owner owner) {
    return Stream.concat(
            owner.generatedNames(CONTENT).stream(), owner.defaultNames(CONTENT).stream())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"spawn", "a", "Data-1.x_y", LONGEST})
  void iamTakesEveryNameThatSpawnGives(String prefix) {
    Owner owner = owner("team", "eu-west-1", prefix);

    assertThat(owner.generatedNames(CONTENT)).hasSizeGreaterThan(1);
    assertThat(owner.defaultNames(CONTENT)).hasSizeGreaterThan(1);
    assertThat(names(owner)).allMatch(RoleNames.ROLE::matches);
    assertThat(names(owner).stream().flatMap(name -> owner.profileNames(name).stream()))
        .allMatch(RoleNames.PROFILE::matches);
  }

  @Test
  void noTwoStacksWantTheSameGeneratedName() {
    List<String> all = new ArrayList<>();
    for (String stack : List.of("a", "b", "a-b")) {
      for (String region : List.of("eu-west-1", "us-east-1")) {
        all.addAll(owner(stack, region, "spawn").generatedNames(CONTENT));
      }
    }

    assertThat(all).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"spawn", "SPAWN", "Data-1.x_y", LONGEST})
  void noPayloadTakesANameThatSpawnGivesInWhicheverLetterCase(String prefix) {
    Owner owner = owner("team", "eu-west-1", prefix);

    assertThat(names(owner))
        .allMatch(owner::isReserved)
        .allMatch(name -> owner.isReserved(name.toUpperCase(Locale.ROOT)))
        .allMatch(name -> owner.isReserved(name.toLowerCase(Locale.ROOT)))
        .noneMatch(name -> owner.isReserved("x" + name));
  }

  @Test
  void theSweepRemovesByItselfWhatHasDigitsAndNothingElse() {
    Owner owner = owner("team", "eu-west-1", "spawn");

    assertThat(owner.generatedNames(CONTENT)).allMatch(owner::isGenerated);
    assertThat(owner.defaultNames(CONTENT).get(0)).matches(name -> !owner.isGenerated(name));
    assertThat(owner.defaultNames(CONTENT).stream().skip(1)).allMatch(owner::isGenerated);
    assertThat(names(owner).stream().map(name -> name.toUpperCase(Locale.ROOT)))
        .noneMatch(owner::isGenerated);
  }
}
