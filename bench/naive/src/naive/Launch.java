package naive;

import com.fasterxml.jackson.databind.JsonNode;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** The request of a launch, field by field. */
final class Launch {
  private Launch() {}

  static RunInstancesRequest.Builder of(JsonNode input) {
    JsonNode instance = input.path("instance");
    RunInstancesRequest.Builder request =
        RunInstancesRequest.builder()
            .imageId(instance.path("ImageId").textValue())
            .instanceType(instance.path("InstanceType").textValue())
            .minCount(instance.path("MinCount").asInt(1))
            .maxCount(instance.path("MaxCount").asInt(1))
            .iamInstanceProfile(profile -> profile.arn(input.path("profileArn").asText()))
            .tagSpecifications(
                tags(ResourceType.INSTANCE, input), tags(ResourceType.VOLUME, input));
    JsonNode metadata = instance.path("MetadataOptions");
    if (metadata.has("HttpTokens")) {
      request.metadataOptions(
          options ->
              options
                  .httpTokens(metadata.path("HttpTokens").asText())
                  .httpEndpoint(metadata.path("HttpEndpoint").textValue())
                  .httpPutResponseHopLimit(metadata.path("HttpPutResponseHopLimit").asInt(1)));
    }
    return request;
  }

  private static TagSpecification tags(ResourceType type, JsonNode input) {
    return TagSpecification.builder()
        .resourceType(type)
        .tags(
            Tag.builder().key("managed").value("true").build(),
            Tag.builder().key("role").value(input.path("roleName").asText()).build(),
            Tag.builder()
                .key("execution")
                .value(input.path("execution").path("name").asText())
                .build())
        .build();
  }
}
