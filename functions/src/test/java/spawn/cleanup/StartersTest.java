package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.cleanup.GivenRequest.aRequest;
import static spawn.cleanup.GivenSweep.run;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.FleetLaunchTemplateConfigRequest;
import software.amazon.awssdk.services.ec2.model.InstanceMarketOptionsRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateConfig;
import software.amazon.awssdk.services.ec2.model.RequestLaunchTemplateData;
import software.amazon.awssdk.services.ec2.model.SpotFleetLaunchSpecification;
import software.amazon.awssdk.services.ec2.model.SpotInstanceType;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;

/** A role stays as long as something can still start instances with it, though none runs. */
class StartersTest {
  private static final String ROLE = "spawn-instance-0123abcd";
  private static final String OTHER = "spawn-instance-4567cdef";
  private static final SweepRequest EVERYTHING = SweepRequest.ordinary();

  private final SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1", "eu-west-1");
  private final Sweep sweep = GivenSweep.of(aws).build();

  @BeforeEach
  void givenUnusedRoles() {
    for (String name : List.of(ROLE, OTHER)) {
      aws.givenRole(
          name,
          role ->
              role.path("/spawn/spawn/us-east-1/")
                  .age(Duration.ofHours(2))
                  .tag("spawn:managed", "true")
                  .tag("spawn:lease-until", aws.clock().instant().minusSeconds(3600).toString())
                  .inProfile(name));
      GivenSweep.managing(aws, name);
    }
    aws.settle();
  }

  private Ec2Client ec2() {
    return aws.personsEc2("eu-west-1");
  }

  private String arn() {
    return aws.profile(ROLE).orElseThrow().arn();
  }

  private RoleReport reported(SweepRequest request) {
    return run(sweep, request).roles().stream()
        .filter(found -> found.role().equals(ROLE))
        .findFirst()
        .orElseThrow();
  }

  private static Consumer<RequestLaunchTemplateData.Builder> named(String profile) {
    return data -> data.iamInstanceProfile(held -> held.name(profile));
  }

  private static void without(RequestLaunchTemplateData.Builder data) {
    data.instanceType("t3.micro");
  }

  private String template(String name, Consumer<RequestLaunchTemplateData.Builder> data) {
    return ec2()
        .createLaunchTemplate(make -> make.launchTemplateName(name).launchTemplateData(data))
        .launchTemplate()
        .launchTemplateId();
  }

  private void version(String template, Consumer<RequestLaunchTemplateData.Builder> data) {
    ec2()
        .createLaunchTemplateVersion(
            make -> make.launchTemplateId(template).launchTemplateData(data));
  }

  /**
   * A template whose second version of three has the profile: neither the latest nor the default.
   */
  private String templateWithAnOldVersion() {
    String template = template("web", StartersTest::without);
    version(template, named(ROLE));
    version(template, StartersTest::without);
    return template;
  }

  private void endInstances() {
    aws.aliveInstances().forEach(instance -> aws.terminate(instance.id()));
    aws.advance(Duration.ofHours(2));
  }

  private String spotLaunch(SpotInstanceType type) {
    ec2()
        .runInstances(
            launch ->
                launch
                    .imageId("ami-1")
                    .minCount(1)
                    .maxCount(1)
                    .iamInstanceProfile(profile -> profile.name(ROLE))
                    .instanceMarketOptions(
                        InstanceMarketOptionsRequest.builder()
                            .marketType("spot")
                            .spotOptions(
                                spot ->
                                    spot.spotInstanceType(type)
                                        .instanceInterruptionBehavior("stop"))
                            .build()));
    endInstances();
    return spotRequest();
  }

  private String spotRequest() {
    return ec2()
        .describeSpotInstanceRequests()
        .spotInstanceRequests()
        .get(0)
        .spotInstanceRequestId();
  }

  private String spotFleet() {
    SpotFleetLaunchSpecification launch =
        SpotFleetLaunchSpecification.builder().iamInstanceProfile(held -> held.arn(arn())).build();
    return ec2()
        .requestSpotFleet(
            request -> request.spotFleetRequestConfig(fleet -> fleet.launchSpecifications(launch)))
        .spotFleetRequestId();
  }

  private String spotFleetOf(String template, String version) {
    LaunchTemplateConfig config =
        LaunchTemplateConfig.builder()
            .launchTemplateSpecification(
                named -> named.launchTemplateName(template).version(version))
            .build();
    return ec2()
        .requestSpotFleet(
            request -> request.spotFleetRequestConfig(fleet -> fleet.launchTemplateConfigs(config)))
        .spotFleetRequestId();
  }

  private String fleetOf(String templateId, String version, String type) {
    FleetLaunchTemplateConfigRequest config =
        FleetLaunchTemplateConfigRequest.builder()
            .launchTemplateSpecification(
                named -> named.launchTemplateId(templateId).version(version))
            .build();
    return ec2().createFleet(fleet -> fleet.type(type).launchTemplateConfigs(config)).fleetId();
  }

  /** What can still start an instance: how it comes about, what it is called, how it ends. */
  enum Starter {
    TEMPLATE_BY_NAME,
    TEMPLATE_BY_ARN,
    TEMPLATE_BY_NAME_IN_ANOTHER_CASE,
    TEMPLATE_BY_ITS_LATEST_VERSION,
    TEMPLATE_BY_ITS_DEFAULT_VERSION,
    PERSISTENT_SPOT_LAUNCH,
    OPEN_SPOT_REQUEST,
    SPOT_FLEET,
    SPOT_FLEET_OF_AN_OLD_VERSION,
    FLEET_OF_AN_OLD_VERSION
  }

  private String given(Starter starter) {
    return switch (starter) {
      case TEMPLATE_BY_NAME -> "launch template " + template("web", named(ROLE));
      case TEMPLATE_BY_ARN ->
          "launch template "
              + template("web", data -> data.iamInstanceProfile(held -> held.arn(arn())));
      case TEMPLATE_BY_NAME_IN_ANOTHER_CASE ->
          "launch template " + template("web", named(ROLE.toUpperCase(Locale.ROOT)));
      case TEMPLATE_BY_ITS_LATEST_VERSION -> {
        String template = template("web", StartersTest::without);
        version(template, named(ROLE));
        yield "launch template " + template;
      }
      case TEMPLATE_BY_ITS_DEFAULT_VERSION -> {
        String template = templateWithAnOldVersion();
        ec2().modifyLaunchTemplate(set -> set.launchTemplateId(template).defaultVersion("2"));
        yield "launch template " + template;
      }
      case PERSISTENT_SPOT_LAUNCH -> "Spot request " + spotLaunch(SpotInstanceType.PERSISTENT);
      case OPEN_SPOT_REQUEST -> {
        ec2()
            .requestSpotInstances(
                request ->
                    request.launchSpecification(
                        launch -> launch.iamInstanceProfile(held -> held.name(ROLE))));
        yield "Spot request " + spotRequest();
      }
      case SPOT_FLEET -> "Spot Fleet " + spotFleet();
      case SPOT_FLEET_OF_AN_OLD_VERSION -> {
        templateWithAnOldVersion();
        yield "Spot Fleet " + spotFleetOf("web", "2");
      }
      case FLEET_OF_AN_OLD_VERSION ->
          "EC2 Fleet " + fleetOf(templateWithAnOldVersion(), "2", "maintain");
    };
  }

  private void end(String starter) {
    String id = starter.substring(starter.lastIndexOf(' ') + 1);
    if (id.startsWith("lt-")) {
      ec2().deleteLaunchTemplate(gone -> gone.launchTemplateId(id));
    } else if (id.startsWith("sir-")) {
      ec2().cancelSpotInstanceRequests(gone -> gone.spotInstanceRequestIds(id));
    } else if (id.startsWith("sfr-")) {
      ec2().cancelSpotFleetRequests(gone -> gone.spotFleetRequestIds(id).terminateInstances(false));
    } else {
      ec2().deleteFleets(gone -> gone.fleetIds(id).terminateInstances(false));
    }
  }

  @ParameterizedTest
  @EnumSource(Starter.class)
  void aRoleThatSomethingCanStillStartStaysAndTheReportNamesIt(Starter kind) {
    String starter = given(kind);

    for (int sweeps = 0; sweeps < 3; sweeps++) {
      RoleReport report = reported(EVERYTHING);
      assertThat(report.verdict()).isEqualTo(Verdict.KEPT);
      assertThat(report.code()).isEqualTo(KeepReason.CAN_STILL_START);
      assertThat(report.detail()).contains("used by " + starter + " in eu-west-1");
      aws.advance(Duration.ofMinutes(20));
    }

    assertThat(aws.roles()).extracting(role -> role.name()).containsExactly(ROLE);
    end(starter);
    assertThat(reported(EVERYTHING).verdict()).isEqualTo(Verdict.MARKED);
    aws.advance(Duration.ofMinutes(20));
    assertThat(reported(EVERYTHING).verdict()).isEqualTo(Verdict.DELETED);
    assertThat(aws.profiles()).isEmpty();
  }

  @Test
  void whatCanStartNothingAnyMoreKeepsNoRole() {
    spotLaunch(SpotInstanceType.ONE_TIME);
    fleetOf(templateWithAnOldVersion(), "2", "instant");
    template("of another", named("another"));
    String gone = template("gone", named(ROLE));
    fleetOf(gone, "1", "maintain");
    ec2().deleteLaunchTemplate(template -> template.launchTemplateId(gone));

    assertThat(reported(EVERYTHING).verdict()).isEqualTo(Verdict.MARKED);
  }

  @Test
  void aTemplateThatIsMadeBetweenTheTwoLooksSavesTheRole() {
    run(sweep, EVERYTHING);
    aws.advance(Duration.ofMinutes(20));
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("DescribeInstances")
                && aws.profilesToStartWith().isEmpty()) {
              template("late", named(ROLE));
            }
          }
        });

    RoleReport report = reported(EVERYTHING);

    assertThat(report.verdict()).isEqualTo(Verdict.UNMARKED);
    assertThat(report.code()).isEqualTo(KeepReason.CAN_STILL_START);
    assertThat(aws.role(OTHER)).isEmpty();
  }

  @Test
  void aSetWithARoleThatATemplateNamesStays() {
    template("web", named("metaflow-instance"));
    aws.givenRole(
        "metaflow-instance",
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .tag("spawn:managed", "true")
                .tag("spawn:set", "metaflow")
                .inProfile("metaflow-instance"));
    GivenSweep.managing(aws, "metaflow-instance");
    aws.givenRole(
        "metaflow-job",
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .tag("spawn:managed", "true")
                .tag("spawn:set", "metaflow"));

    SweepReport report = run(sweep, aRequest().roleSet("metaflow").build());

    assertThat(report.roles())
        .extracting(RoleReport::code)
        .containsExactly(KeepReason.CAN_STILL_START, KeepReason.SET_IN_USE);
  }

  @Test
  void anEmptyProfileThatATemplateNamesStays() {
    aws.givenProfile("left-over", "/spawn/spawn/us-east-1/");
    GivenSweep.managing(aws, "left-over");
    String template = template("web", named("left-over"));
    aws.advance(Duration.ofHours(2));

    assertThat(run(sweep, EVERYTHING).profiles())
        .extracting(ProfileReport::detail)
        .containsExactly("used by launch template " + template + " in eu-west-1");
    end("launch template " + template);
    assertThat(run(sweep, EVERYTHING).profiles())
        .extracting(ProfileReport::verdict)
        .containsExactly(Verdict.DELETED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DescribeSpotInstanceRequests",
        "DescribeSpotFleetRequests",
        "DescribeFleets",
        "DescribeLaunchTemplateVersions"
      })
  void aRegionThatDoesNotSayWhatItCanStartIsNotRead(String operation) {
    run(sweep, EVERYTHING);
    aws.advance(Duration.ofMinutes(20));
    aws.deny("ec2:" + operation);
    aws.forgetCalls();

    SweepReport report = run(sweep, EVERYTHING);

    assertThat(report.unreadableRegions()).containsOnlyKeys("eu-west-1", "us-east-1");
    assertThat(report.roles())
        .extracting(RoleReport::code)
        .containsOnly(KeepReason.REGION_NOT_READ);
    assertThat(aws.writes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DescribeSpotInstanceRequests",
        "DescribeSpotFleetRequests",
        "DescribeFleets",
        "DescribeLaunchTemplateVersions"
      })
  void allPagesAreRead(String operation) {
    for (int i = 0; i < 20; i++) {
      template("other-" + i, named("other"));
      ec2()
          .requestSpotInstances(
              request ->
                  request.launchSpecification(
                      launch -> launch.iamInstanceProfile(held -> held.name("other"))));
      spotFleetOf("other-" + i, "$Latest");
      fleetOf("lt-0", "$Latest", "maintain");
    }
    String starter =
        given(
            switch (operation) {
              case "DescribeSpotInstanceRequests" -> Starter.OPEN_SPOT_REQUEST;
              case "DescribeSpotFleetRequests" -> Starter.SPOT_FLEET;
              case "DescribeFleets" -> Starter.FLEET_OF_AN_OLD_VERSION;
              default -> Starter.TEMPLATE_BY_NAME;
            });
    aws.shortPages(3);

    assertThat(reported(EVERYTHING).code()).as(starter).isEqualTo(KeepReason.CAN_STILL_START);
  }

  @Test
  void whereNothingCouldGoNothingIsAsked() {
    aws.givenInstance(ROLE);
    aws.givenInstance(OTHER);
    aws.forgetCalls();

    run(sweep, EVERYTHING);

    assertThat(aws.operations())
        .noneMatch(operation -> operation.matches(".*(Spot|Fleet|Templ).*"));
  }
}
