package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.error.Problem;
import spawn.error.Problems;

class SdkJsonTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static List<Problem> problems(String instance) {
    Problems problems = new Problems();
    SdkJson.read(json(instance), RunInstancesRequest.builder(), "$", problems);
    return problems.list();
  }

  /** Returns JSON with every member of these set to something. */
  private static ObjectNode whole(List<SdkField<?>> fields) {
    ObjectNode object = JSON.objectNode();
    fields.forEach(field -> object.set(field.memberName(), sample(field)));
    return object;
  }

  private static JsonNode sample(SdkField<?> field) {
    MarshallingType<?> type = field.marshallingType();
    if (type == MarshallingType.LIST) {
      return JSON.arrayNode().add(sample(field.getTrait(ListTrait.class).memberFieldInfo()));
    }
    if (type == MarshallingType.SDK_POJO) {
      return whole(field.constructor().get().sdkFields());
    }
    return Map.of(
            MarshallingType.STRING, JSON.textNode("text"),
            MarshallingType.INTEGER, JSON.numberNode(1),
            MarshallingType.BOOLEAN, JSON.booleanNode(true),
            MarshallingType.INSTANT, JSON.textNode("2026-01-01T00:00:00Z"))
        .get(type);
  }

  @Test
  void everyMemberOfEc2sRequestIsReadAndWrittenUnderItsOwnName() {
    ObjectNode whole = whole(RunInstancesRequest.builder().build().sdkFields());
    Problems problems = new Problems();
    RunInstancesRequest.Builder builder = RunInstancesRequest.builder();

    SdkJson.read(whole, builder, "$", problems);

    assertThat(problems.list()).isEmpty();
    whole.remove("ClientToken");
    assertThat(SdkJson.write(builder.build())).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'ImageId': 1} | $.ImageId | a string, not a number",
        "{'ImageId': ['a']} | $.ImageId | a string, not a list",
        "{'MinCount': 1.5} | $.MinCount | a whole number of 32 bits, not 1.5",
        "{'MinCount': 99999999999} | $.MinCount | a whole number of 32 bits, not 99999999999",
        "{'EbsOptimized': 'yes'} | $.EbsOptimized | true or false, not a string",
        "{'SecurityGroupIds': 'sg-1'} | $.SecurityGroupIds | a list, not a string",
        "{'SecurityGroupIds': ['sg-1', true]} | $.SecurityGroupIds[1] | a string, not true",
        "{'SecurityGroupIds': ['sg-1', null]} | $.SecurityGroupIds[1] | Must not be null",
        "{'Monitoring': true} | $.Monitoring | an object, not true",
        "{'InstanceMarketOptions': {'SpotOptions': {'ValidUntil': 'soon'}}} |"
            + " $.InstanceMarketOptions.SpotOptions.ValidUntil | an instant",
        "{'InstanceMarketOptions': {'SpotOptions': {'ValidUntil': 5}}} |"
            + " $.InstanceMarketOptions.SpotOptions.ValidUntil | an instant"
      })
  void aValueOfTheWrongKindIsToldWithItsPath(String instance, String path, String expected) {
    assertThat(problems(instance))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo(path);
              assertThat(problem.message()).contains(expected);
            });
  }
}
