package naive;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

/** Asks what WaitForPropagation asks, by the same calls, as one writes it at first. */
public final class NaiveWaitForPropagation implements RequestStreamHandler {
  private final ObjectMapper json = new ObjectMapper();
  private final Ec2Client ec2 = Ec2Client.create();

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    JsonNode asked = json.readTree(input);
    boolean visible = isVisible(asked);
    System.out.println(json.writeValueAsString(Map.of("event", "looked", "visible", visible)));
    json.writeValue(output, Map.of("visible", visible));
  }

  private boolean isVisible(JsonNode asked) {
    try {
      ec2.runInstances(Launch.of(asked).dryRun(true).build());
      return true;
    } catch (Ec2Exception answer) {
      return answer.awsErrorDetails().errorCode().equals("DryRunOperation");
    }
  }
}
