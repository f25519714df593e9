package spawn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;

/** Where a command finds its stack: options that every command has. */
final class StackOptions {
  /** The stack's name where neither an option nor {@code SPAWN_STACK} gives another. */
  static final String DEFAULT_STACK = "spawn";

  @Option(
      names = "--stack",
      paramLabel = "NAME",
      description = "the CloudFormation stack; SPAWN_STACK if left out, or spawn")
  private String stack;

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "the stack's region; found as the AWS CLI finds it if left out")
  private String region;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "the profile of ~/.aws/config whose credentials and region are used")
  private String profile;

  @Option(
      names = "--local",
      description = "the local stack on this machine, which is started if it is down")
  private boolean local;

  @Option(
      names = "--debug",
      description =
          "shows where in the code a failure came from, for a report; SPAWN_DEBUG does so too")
  private boolean debug;

  /** Returns where a command was called from, by its options if it has these. */
  static Caller caller(CommandSpec command, Shell shell) {
    return of(command)
        .map(
            options ->
                Caller.of(
                    shell,
                    Optional.ofNullable(options.profile),
                    Optional.ofNullable(options.region),
                    options.stackName(shell)))
        .orElseGet(() -> Caller.of(shell));
  }

  /** Returns whether a failure is to be shown with where it came from. */
  static boolean isDebugging(CommandSpec command, Shell shell) {
    return shell.variable("SPAWN_DEBUG").isPresent()
        || of(command).filter(options -> options.debug).isPresent();
  }

  private static Optional<StackOptions> of(CommandSpec command) {
    return command.mixins().values().stream()
        .flatMap(
            mixin ->
                mixin.userObject() instanceof StackOptions options
                    ? Stream.of(options)
                    : of(mixin).stream())
        .findFirst();
  }

  /** Returns whether the command is about the local stack. */
  boolean isLocal() {
    return local;
  }

  /**
   * Returns the connection to the stack; nothing is asked of AWS yet.
   *
   * @throws CommandFailure if {@code --local} comes without the launcher that starts the local
   *     stack
   */
  Connection connect(Shell shell) {
    if (local && shell.variable("SPAWN_LOCAL_DEPLOYMENT").isEmpty()) {
      throw CommandFailure.wrongCall("--local needs bin/spawn, which starts the local stack.");
    }
    return new Connection(
        stackName(shell), Optional.ofNullable(region), Optional.ofNullable(profile));
  }

  /** Returns the same options as arguments, for another command. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    Stream.of(
            Map.entry("--stack", Optional.ofNullable(stack)),
            Map.entry("--region", Optional.ofNullable(region)),
            Map.entry("--profile", Optional.ofNullable(profile)))
        .forEach(
            option ->
                option
                    .getValue()
                    .ifPresent(value -> arguments.addAll(List.of(option.getKey(), value))));
    if (local) {
      arguments.add("--local");
    }
    return arguments;
  }

  /**
   * Returns the region as far as options, variables and files say it. A computer's metadata is not
   * asked, which takes seconds where there is none.
   */
  Optional<Region> configuredRegion(Shell shell) {
    return Optional.ofNullable(region)
        .or(() -> shell.variable("AWS_REGION"))
        .or(() -> shell.variable("AWS_DEFAULT_REGION"))
        .map(Region::of)
        .or(this::regionOfFiles);
  }

  private Optional<Region> regionOfFiles() {
    try {
      return Optional.ofNullable(
          new AwsRegionProviderChain(
                  new SystemSettingsRegionProvider(), new AwsProfileRegionProvider(null, profile))
              .getRegion());
    } catch (SdkClientException none) {
      return Optional.empty();
    }
  }

  private String stackName(Shell shell) {
    if (stack != null) {
      return stack;
    }
    return (local ? shell.variable("SPAWN_LOCAL_STACK") : shell.variable("SPAWN_STACK"))
        .orElse(DEFAULT_STACK);
  }
}
