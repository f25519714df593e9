package spawn.aws;

import java.util.List;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import software.amazon.awssdk.services.sns.model.PublishResponse;

/** SNS in memory: it keeps what is published. */
final class SimulatedTopics extends SimulatedService implements SnsClient {
  private final List<PublishRequest> published;

  SimulatedTopics(SimulatedAws aws, IamEntities entities, List<PublishRequest> published) {
    super(aws, entities, "sns", "us-east-1", true);
    this.published = published;
  }

  @Override
  public PublishResponse publish(PublishRequest request) {
    return call(
        "Publish",
        request,
        () -> {
          published.add(request);
          return PublishResponse.builder().messageId("message-" + published.size()).build();
        });
  }
}
