package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static spawn.cli.SampleInstances.id;
import static spawn.cli.SampleInstances.in;
import static spawn.cli.SampleInstances.instance;
import static spawn.cli.SampleInstances.ofArray;
import static spawn.cli.SampleInstances.ofOthers;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which instances words on the command line mean. */
class InstanceTargetsTest {
  @Test
  void namesAndIdsMeanTheirInstancesEachOnceInTheWordsOrder() {
    List<ListedInstance> found = List.of(instance(1, "web"), instance(2, "db"));

    assertThat(InstanceTargets.meant(List.of("db", id(1), "web"), found))
        .extracting(ListedInstance::id)
        .containsExactly(id(2), id(1));
  }

  @Test
  void everyWordThatMeansNothingIsToldAtOnce() {
    assertThatThrownBy(
            () -> InstanceTargets.meant(List.of("web", "wbe", id(9)), List.of(instance(1, "web"))))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("\"wbe\"")
        .hasMessageContaining(id(9));
  }

  @Test
  void aNameMeansNoInstanceOfAnotherCase() {
    assertThatThrownBy(() -> InstanceTargets.meant(List.of("Web"), List.of(instance(1, "web"))))
        .hasMessageContaining("\"Web\"");
  }

  @Test
  void aNameOfSeveralInstancesMeansNoneOfThem() {
    assertThatThrownBy(
            () ->
                InstanceTargets.meant(
                    List.of("web"), List.of(instance(1, "web"), instance(2, "web"))))
        .hasMessageContaining("2 instances")
        .hasMessageContaining(id(1))
        .hasMessageContaining(id(2));
  }

  @Test
  void aNameMeansAJobArrayAndNoInstanceBesideIt() {
    List<ListedInstance> array =
        List.of(ofArray(1, "train", "training"), ofArray(2, "train", "training"));

    assertThat(InstanceTargets.meant(List.of("train"), array)).hasSize(2);
    for (ListedInstance other : List.of(ofArray(3, "train", "other"), instance(3, "train"))) {
      assertThatThrownBy(
              () ->
                  InstanceTargets.meant(
                      List.of("train"), List.of(array.get(0), array.get(1), other)))
          .hasMessageContaining("3 instances");
    }
  }

  @Test
  void aShellIsOnOneInstance() {
    List<ListedInstance> array =
        List.of(ofArray(1, "train", "training"), ofArray(2, "train", "training"));

    assertThat(InstanceTargets.one(id(2), array).id()).isEqualTo(id(2));
    assertThatThrownBy(() -> InstanceTargets.one("train", array))
        .hasMessageContaining("2 instances");
  }

  @Test
  void instancesThatHaveEndedDoNotMakeANameAmbiguous() {
    List<ListedInstance> found =
        List.of(in("terminated", 1, "web"), instance(2, "web"), in("shutting-down", 3, "web"));

    assertThat(InstanceTargets.meant(List.of("web"), found))
        .extracting(ListedInstance::id)
        .containsExactly(id(2));
  }

  @Test
  void whereAllHaveEndedTheNameMeansThem() {
    assertThat(
            InstanceTargets.meant(
                List.of("web"), List.of(in("terminated", 1, "web"), in("terminated", 2, "web"))))
        .hasSize(2);
  }

  @Test
  void anInstanceOfOthersIsRefusedWithHowToReachIt() {
    for (String word : List.of("web", id(1))) {
      assertThatThrownBy(() -> InstanceTargets.meant(List.of(word), List.of(ofOthers(1, "web"))))
          .hasMessageContaining("was not launched by spawn")
          .hasMessageContaining("aws ec2");
    }
  }

  @Test
  void aNameThatOthersHaveTooMeansNoInstance() {
    assertThatThrownBy(
            () ->
                InstanceTargets.meant(
                    List.of("web"), List.of(instance(1, "web"), ofOthers(2, "web"))))
        .hasMessageContaining(id(2));
  }

  @Test
  void anIdHasEightOrSeventeenDigits() {
    assertThat(List.of("i-1234567a", "i-0123456789abcdef0")).allMatch(InstanceTargets::isId);
    assertThat(List.of("i-1234567", "i-1234567A", "i-web", "web", "i-0123456789abcdef01"))
        .noneMatch(InstanceTargets::isId);
  }
}
