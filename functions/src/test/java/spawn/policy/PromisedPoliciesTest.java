package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.promises.Promises;
import spawn.promises.Promises.Promise;

/** The policies of the documents that spawn comes from mean here what they mean there. */
class PromisedPoliciesTest {
  private static final Promises PROMISES = Promises.read();

  static Stream<Promise> templates() {
    return PROMISES.all().filter(promise -> promise.word() != null);
  }

  @ParameterizedTest
  @MethodSource("templates")
  void aWordAllowsWhatItsDocumentSaysAndNothingThatItDoesNot(Promise template) {
    PolicyEvaluator policy = evaluator("{'policies': ['%s']}".formatted(template.word()));
    List<String> otherwise = listed(template.otherwise());

    assertThat(template.actions())
        .isNotEmpty()
        .filteredOn(action -> !otherwise.contains(action))
        .allMatch(action -> policy.allows(action.replace("*", "AnyAction"), "*"));
    assertThat(otherwise.isEmpty() || template.why() != null).isTrue();
    assertThat(Stream.concat(otherwise.stream(), listed(template.denied()).stream()))
        .noneMatch(action -> policy.allows(action, "*"));
  }

  private static List<String> listed(List<String> list) {
    return list == null ? List.of() : list;
  }

  private static PolicyEvaluator evaluator(String iam) {
    return new PolicyEvaluator(Payloads.inline(iam).toJson());
  }

  static Stream<String> documents() {
    return PROMISES.documentFiles().entrySet().stream()
        .filter(file -> !file.getValue().contains("Principal"))
        .map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("documents")
  void aWholeDocumentIsPutAsItIs(String name) {
    JsonNode document = json(PROMISES.documentFiles().get(name));

    assertThat(Payloads.inline("{'policyDocument': %s}".formatted(document)))
        .isEqualTo(PolicyDocument.of(document));
  }

  static Stream<String> trustPolicies() {
    return PROMISES.documentFiles().entrySet().stream()
        .filter(file -> file.getValue().contains("Principal"))
        .map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("trustPolicies")
  void aTrustPolicyIsWhatALaunchWrites(String name) {
    assertThat(TrustMeaning.of(json(PROMISES.documentFiles().get(name))))
        .isEqualTo(
            TrustMeaning.of(
                Payloads.resolved("{'policies': ['s3:ReadOnly']}").permissions().trustPolicy()));
  }
}
