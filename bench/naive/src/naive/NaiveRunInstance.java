package naive;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;

/** Launches what RunInstance is asked for, by the same call, as one writes it at first. */
public final class NaiveRunInstance implements RequestStreamHandler {
  private final ObjectMapper json = new ObjectMapper();
  private final Ec2Client ec2 = Ec2Client.create();

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    JsonNode asked = json.readTree(input);
    String token = asked.path("execution").path("name").asText();
    List<String> launched =
        ec2.runInstances(Launch.of(asked).clientToken(token).build()).instances().stream()
            .map(Instance::instanceId)
            .toList();
    System.out.println(json.writeValueAsString(Map.of("event", "launched", "instances", launched)));
    json.writeValue(output, Map.of("instances", launched));
  }
}
