package spawn.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/**
 * AWS by its protocols, with one answer for all operations of a service, that has a member of every
 * kind: it matters what is sent and read, not what it means. In the mode {@code refused}, each call
 * is refused.
 */
public final class CannedAws implements AutoCloseable {
  private static final String IAM =
      """
      <Role><Path>/spawn/spawn/us-east-1/</Path><RoleName>%1$s</RoleName><RoleId>AROA1</RoleId>
       <Arn>arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/%1$s</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>
       <AssumeRolePolicyDocument>%%7B%%7D</AssumeRolePolicyDocument><MaxSessionDuration>3600</MaxSessionDuration>
       <RoleLastUsed><LastUsedDate>2026-01-01T00:00:00Z</LastUsedDate><Region>us-east-1</Region></RoleLastUsed>
       <PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>
        <PermissionsBoundaryArn>arn:aws:iam::123456789012:policy/spawn-InstanceBoundary-1ABCDEF</PermissionsBoundaryArn></PermissionsBoundary>
       <Tags><member><Key>spawn:managed</Key><Value>true</Value></member></Tags></Role>
      <Roles><member><Path>/spawn/spawn/us-east-1/</Path><RoleName>%1$s</RoleName><RoleId>AROA1</RoleId>
       <Arn>arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/%1$s</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>
       <AssumeRolePolicyDocument>%%7B%%7D</AssumeRolePolicyDocument></member></Roles>
      <InstanceProfile><Path>/spawn/spawn/us-east-1/</Path><InstanceProfileName>%1$s</InstanceProfileName>
       <InstanceProfileId>AIPA1</InstanceProfileId><Arn>arn:aws:iam::123456789012:instance-profile/spawn/spawn/us-east-1/%1$s</Arn>
       <CreateDate>2026-01-01T00:00:00Z</CreateDate><Roles><member><Path>/spawn/spawn/us-east-1/</Path><RoleName>%1$s</RoleName>
       <RoleId>AROA1</RoleId><Arn>arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/%1$s</Arn>
       <CreateDate>2026-01-01T00:00:00Z</CreateDate></member></Roles></InstanceProfile>
      <InstanceProfiles></InstanceProfiles>
      <PolicyNames><member>spawn</member></PolicyNames><RoleName>%1$s</RoleName><PolicyName>spawn</PolicyName>
      <PolicyDocument>%%7B%%7D</PolicyDocument>
      <AttachedPolicies><member><PolicyName>one</PolicyName><PolicyArn>arn:aws:iam::aws:policy/one</PolicyArn></member></AttachedPolicies>
      <Policy><PolicyName>one</PolicyName><Arn>arn:aws:iam::aws:policy/one</Arn><DefaultVersionId>v1</DefaultVersionId></Policy>
      <PolicyVersion><Document>%%7B%%7D</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>
      <SummaryMap><entry><key>Roles</key><value>3</value></entry><entry><key>RolesQuota</key><value>1000</value></entry></SummaryMap>
      <EvaluationResults><member><EvalActionName>s3:GetObject</EvalActionName><EvalResourceName>*</EvalResourceName>
       <EvalDecision>allowed</EvalDecision></member></EvaluationResults>
      <JobId>00000000-0000-0000-0000-000000000001</JobId><JobStatus>COMPLETED</JobStatus>
      <JobCreationDate>2026-01-01T00:00:00Z</JobCreationDate><JobCompletionDate>2026-01-01T00:00:00Z</JobCompletionDate>
      <ServicesLastAccessed><member><ServiceName>Amazon S3</ServiceName><ServiceNamespace>s3</ServiceNamespace>
       <TotalAuthenticatedEntities>0</TotalAuthenticatedEntities></member></ServicesLastAccessed>
      <IsTruncated>false</IsTruncated>
      """;

  private static final String INSTANCE =
      """
      <item><instanceId>i-0123456789abcdef0</instanceId><imageId>ami-1</imageId><instanceType>t3.micro</instanceType>
       <instanceState><code>16</code><name>running</name></instanceState><launchTime>2026-01-01T00:00:00.000Z</launchTime>
       <placement><availabilityZone>us-east-1a</availabilityZone></placement><privateIpAddress>10.0.0.1</privateIpAddress>
       <iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/one</arn><id>AIPA1</id></iamInstanceProfile>
       <tagSet><item><key>spawn:associate</key><value>true</value></item></tagSet></item>
      """;

  private static final String ASSOCIATION =
      """
      <associationId>iip-assoc-1</associationId><instanceId>i-0123456789abcdef0</instanceId><state>associated</state>
      <iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/one</arn><id>AIPA1</id></iamInstanceProfile>
      """;

  private static final String EC2 =
      "<reservationId>r-1</reservationId><ownerId>123456789012</ownerId><instancesSet>"
          + INSTANCE
          + "</instancesSet><reservationSet><item><reservationId>r-1</reservationId><instancesSet>"
          + INSTANCE
          + "</instancesSet></item></reservationSet><regionInfo><item><regionName>us-east-1</regionName></item></regionInfo>"
          + "<iamInstanceProfileAssociation>"
          + ASSOCIATION
          + "</iamInstanceProfileAssociation><iamInstanceProfileAssociationSet><item>"
          + ASSOCIATION
          + "</item></iamInstanceProfileAssociationSet><tagSet><item><resourceId>eni-1</resourceId>"
          + "<resourceType>network-interface</resourceType><key>spawn:use</key><value>true</value></item></tagSet>"
          + "<launchTemplateVersionSet></launchTemplateVersionSet><fleetSet></fleetSet>"
          + "<spotInstanceRequestSet></spotInstanceRequestSet><spotFleetRequestConfigSet></spotFleetRequestConfigSet>";

  private static final String JSON =
      """
      {"executionArn": "arn:aws:states:us-east-1:123456789012:execution:launch:one",
       "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:launch", "name": "one", "status": "RUNNING",
       "startDate": 1767225600, "creationDate": 1767225600, "updateDate": 1767225600, "definition": "{}", "input": "{}",
       "roleArn": "arn:aws:iam::123456789012:role/one", "events": [
         {"id": 1, "timestamp": 1767225600, "type": "TaskScheduled",
          "taskScheduledEventDetails": {"resource": "invoke", "resourceType": "lambda", "region": "us-east-1", "parameters": "{}"}}],
       "Parameters": [{"Name": "/images/mine", "Value": "ami-1"}], "InvalidParameters": []}
      """;

  private final HttpServer server;
  private final List<String> calls = new ArrayList<>();
  private volatile boolean isRefusing;

  /** Starts it on a free port of this machine. */
  public CannedAws() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "canned-aws");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/", this::answer);
    server.start();
  }

  /** Returns its address. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns the calls since it was asked last, sorted: some are sent side by side. */
  public List<String> calls() {
    synchronized (calls) {
      List<String> since = calls.stream().sorted().toList();
      calls.clear();
      return since;
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (path.startsWith("/mode/")) {
      isRefusing = path.endsWith("/refused");
      respond(exchange, 200, "text/plain", "");
      return;
    }
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    note(target == null ? body : target + " " + body);
    if (target != null) {
      answerJson(exchange);
    } else {
      answerXml(exchange, form(body));
    }
  }

  private void note(String call) {
    synchronized (calls) {
      calls.add(call);
    }
  }

  private void answerJson(HttpExchange exchange) throws IOException {
    String type = "application/x-amz-json-1.0";
    if (isRefusing) {
      respond(exchange, 400, type, "{\"__type\": \"AccessDeniedException\", \"message\": \"No.\"}");
    } else {
      respond(exchange, 200, type, JSON);
    }
  }

  private void answerXml(HttpExchange exchange, Map<String, String> form) throws IOException {
    String action = form.getOrDefault("Action", "");
    boolean isEc2 = "2016-11-15".equals(form.get("Version"));
    if (isRefusing) {
      String error =
          isEc2
              ? "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>No.</Message></Error></Errors><RequestID>1</RequestID></Response>"
              : "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>No.</Message></Error><RequestId>1</RequestId></ErrorResponse>";
      respond(exchange, 403, "text/xml", error);
    } else if (isEc2) {
      respond(
          exchange,
          200,
          "text/xml",
          "<%1$sResponse><requestId>1</requestId>%2$s</%1$sResponse>".formatted(action, EC2));
    } else {
      String name = form.getOrDefault("RoleName", form.getOrDefault("InstanceProfileName", "one"));
      respond(
          exchange,
          200,
          "text/xml",
          "<%1$sResponse><%1$sResult>%2$s<MessageId>1</MessageId></%1$sResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></%1$sResponse>"
              .formatted(action, IAM.formatted(name)));
    }
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new TreeMap<>();
    Arrays.stream(body.split("&"))
        .map(each -> each.split("=", 2))
        .filter(each -> each.length == 2)
        .forEach(each -> form.put(each[0], URLDecoder.decode(each[1], UTF_8)));
    return form;
  }

  private static void respond(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
