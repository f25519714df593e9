package spawn.aws;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StateReason;
import software.amazon.awssdk.services.ec2.model.TagDescription;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.RoleLastUsed;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import spawn.policy.ManagedPolicyDocuments;

/**
 * An AWS account in memory: IAM, and EC2 in every region.
 *
 * <p>Nothing in it is left to chance or to the machine: time moves only by {@link #advance}, and
 * what is drawn comes from the seed, so the same calls in the same order give the same answers.
 * Unless told otherwise its reads show every write at once and its pages are whole.
 *
 * <pre>{@code
 * SimulatedAws aws = SimulatedAws.seeded(7).ec2SeesIamWithin(Duration.ofMinutes(2));
 * aws.givenRole("worker", role -> role.path("/spawn/spawn/us-east-1/").inProfile("worker"));
 * aws.faults(Faults.afterFirst("RunInstances", AwsErrors::callTimeout));
 * // … the code under test calls aws.iam(), aws.ec2("us-east-1") and aws.clock()
 * assertThat(aws.instances()).hasSize(1);
 * }</pre>
 *
 * <p>It may be called from several threads. One lock guards its state; it is not held while {@link
 * Faults} run.
 */
public final class SimulatedAws {
  /**
   * An account holds 1,000 roles and 1,000 instance profiles by default (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>).
   */
  private static final int DEFAULT_ENTITIES_QUOTA = 1_000;

  /**
   * A role has at most 10 managed policies by default (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>).
   */
  private static final int DEFAULT_ATTACHED_POLICIES_QUOTA = 10;

  /** Ids end in 17 digits. */
  private static final int ID_DIGITS = 17;

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final SimulatedClock clock = new SimulatedClock(START);
  private final Object lock = new Object();
  private final SplittableRandom random;
  private final Lag lag;
  private final IamEntities entities;
  private final SortedMap<String, Ec2Region> regions = new TreeMap<>();
  private final List<Call> calls = new ArrayList<>();
  private final SortedSet<String> deniedActions = new TreeSet<>();
  private final SortedSet<String> brokenRegions = new TreeSet<>();
  private final SortedSet<String> enabledRegions =
      new TreeSet<>(Set.of("us-east-1", "us-west-2", "eu-west-1"));
  private final SortedSet<String> disabledRegions = new TreeSet<>(Set.of("ap-east-1"));
  private final SortedSet<String> missingPolicies = new TreeSet<>();
  private final Map<String, String> policyDocuments = new TreeMap<>();
  private final Map<String, String> parameters = new TreeMap<>();
  private final SortedSet<String> refusedTexts = new TreeSet<>();
  private final Map<String, Integer> capacity = new HashMap<>();
  private final AccessAdvisor accessAdvisor = new AccessAdvisor();
  private final Map<String, String> zonesOfSubnets = new HashMap<>();
  private final Map<String, Set<String>> typesNotOffered = new HashMap<>();
  private final SimulatedStates states = new SimulatedStates();
  private final List<PublishRequest> published = new ArrayList<>();
  private volatile Faults faults = Faults.NONE;
  private Optional<NavigableSet<String>> knownImages = Optional.empty();
  private Optional<String> launchRefusal = Optional.empty();
  private OptionalInt shortPages = OptionalInt.empty();
  private boolean launchingHostsSeeIamLast;
  private String account = "123456789012";
  private int rolesQuota = DEFAULT_ENTITIES_QUOTA;
  private int profilesQuota = DEFAULT_ENTITIES_QUOTA;
  private int attachedPoliciesQuota = DEFAULT_ATTACHED_POLICIES_QUOTA;
  private int instanceQuota = Integer.MAX_VALUE;
  private Duration boot = SimulatedInstance.BOOT;
  private IntFunction<Optional<StateReason>> endsStarting = index -> Optional.empty();
  private final SortedSet<String> keysOutOfReach = new TreeSet<>();
  private boolean profileOutlivesInstance;
  private long lastCall;
  private long lastId;

  private SimulatedAws(long seed) {
    random = new SplittableRandom(seed);
    lag = new Lag(clock, random);
    entities = new IamEntities(lag);
  }

  /** Returns an account whose reads lag behind by nothing, for tests that need no chance. */
  public static SimulatedAws create() {
    return seeded(0);
  }

  /** Returns an account that draws all its chances from a seed. */
  public static SimulatedAws seeded(long seed) {
    return new SimulatedAws(seed);
  }

  // Clients

  /**
   * Returns the IAM client of one of spawn's functions: its calls are recorded and may meet faults,
   * and its rights on roles and profiles that exist are bound to the path of the stack "spawn" in
   * us-east-1.
   */
  public IamClient iam() {
    return iam("/spawn/spawn/us-east-1/");
  }

  /** Returns the same for a stack with another path. */
  public IamClient iam(String path) {
    return new SimulatedIam(this, entities, true, Optional.of(path));
  }

  /** Returns what Step Functions knows of executions. */
  public SimulatedStates stepFunctions() {
    return states;
  }

  /** Returns the Step Functions client of one of spawn's functions. */
  public SfnClient states() {
    return new SimulatedStates.Client(this, entities, states, true);
  }

  /** Returns the Step Functions client of somebody else, whose calls are not recorded. */
  public SfnClient personsStates() {
    return new SimulatedStates.Client(this, entities, states, false);
  }

  /** Returns the SNS client of one of spawn's functions. */
  public SnsClient sns() {
    return new SimulatedTopics(this, entities, published);
  }

  /** Returns what was published to topics, in its order. */
  public List<PublishRequest> published() {
    synchronized (lock) {
      return List.copyOf(published);
    }
  }

  /**
   * Returns the IAM client of one of spawn's functions that has rights on every path: its calls are
   * recorded and may meet faults.
   */
  public IamClient iamOnEveryPath() {
    return new SimulatedIam(this, entities, true, Optional.empty());
  }

  /** Returns a region's EC2 client whose calls are recorded and may meet faults. */
  public Ec2Client ec2(Region region) {
    return ec2(region.id());
  }

  /** Returns a region's EC2 client whose calls are recorded and may meet faults. */
  public Ec2Client ec2(String region) {
    return new SimulatedEc2(this, entities, region(region), region, true);
  }

  /**
   * Returns the IAM client of a person beside the program: the same account and the same lag, but
   * neither recorded nor failed.
   */
  public IamClient personsIam() {
    return new SimulatedIam(this, entities, false, Optional.empty());
  }

  /**
   * Returns the EC2 client of a person beside the program: the same account and the same lag, but
   * neither recorded nor failed.
   */
  public Ec2Client personsEc2(String region) {
    return new SimulatedEc2(this, entities, region(region), region, false);
  }

  // Time

  /** Returns the clock that the whole account goes by. */
  public Clock clock() {
    return clock;
  }

  /** Moves time on: instances change state, writes become visible. */
  public void advance(Duration step) {
    synchronized (lock) {
      clock.advance(step);
    }
  }

  // Lag

  /**
   * Lets IAM's reads show each write after anything up to this; AWS's own stay below 30 s or so.
   */
  public SimulatedAws iamReadsLagUpTo(Duration longest) {
    return locked(() -> lag.upTo(View.IAM, longest));
  }

  /** Lets EC2 see each write to a role or profile after anything up to this. */
  public SimulatedAws ec2SeesIamWithin(Duration longest) {
    return locked(() -> lag.upTo(View.IAM_FROM_EC2, longest));
  }

  /**
   * Lets the hosts of EC2 that launch see each write to a role or profile only when all of EC2
   * surely does; those that answer dry runs see it before.
   */
  public SimulatedAws launchingHostsSeeIamLast() {
    return locked(() -> launchingHostsSeeIamLast = true);
  }

  /** Returns what a host finds that launches. */
  <T> T onALaunchingHost(Supplier<T> reads) {
    return launchingHostsSeeIamLast ? lag.last(reads) : reads.get();
  }

  /** Lets EC2's reads of instances and associations show each write after anything up to this. */
  public SimulatedAws ec2ReadsLagUpTo(Duration longest) {
    return locked(() -> lag.upTo(View.EC2, longest));
  }

  /** Makes every write so far visible to all readers. */
  public SimulatedAws settle() {
    return locked(
        () -> {
          entities.settle();
          regions.values().forEach(Ec2Region::settle);
        });
  }

  /** Lets pages end early, or be empty, though more follows: 0 to so many items, drawn for each. */
  public SimulatedAws shortPages(int most) {
    return locked(() -> shortPages = OptionalInt.of(most));
  }

  /**
   * Lets terminated instances show their profile for as long as they are shown. AWS does not say
   * whether they do, so a reader must be right either way.
   */
  public SimulatedAws terminatedInstancesShowTheirProfile() {
    return locked(() -> profileOutlivesInstance = true);
  }

  // What goes wrong

  /** Sets what happens around every call from now on. */
  public SimulatedAws faults(Faults wanted) {
    faults = wanted;
    return this;
  }

  /**
   * Refuses an action, {@code iam:CreateRole}, {@code ec2:RunInstances} or {@code iam:PassRole}.
   */
  public SimulatedAws deny(String action) {
    return locked(() -> deniedActions.add(action));
  }

  /** Allows an action again. */
  public SimulatedAws allow(String action) {
    return locked(() -> deniedActions.remove(action));
  }

  /** Makes a region's EC2 answer every call with Unavailable. */
  public SimulatedAws breakRegion(String region) {
    return locked(() -> brokenRegions.add(region));
  }

  /** Makes a region's EC2 answer again. */
  public SimulatedAws mendRegion(String region) {
    return locked(() -> brokenRegions.remove(region));
  }

  /** Lets so many instances more fit into a zone or subnet at each launch; 0 for none. */
  public SimulatedAws capacity(String zoneOrSubnet, int instances) {
    return locked(() -> capacity.put(zoneOrSubnet, instances));
  }

  /** Puts a subnet into a zone, where it would be in the region's zone {@code a}. */
  public SimulatedAws givenSubnet(String subnetId, String zone) {
    return locked(() -> zonesOfSubnets.put(subnetId, zone));
  }

  /** Makes a zone one that does not offer an instance type; all others do. */
  public SimulatedAws doesNotOffer(String zone, String instanceType) {
    return locked(
        () -> typesNotOffered.computeIfAbsent(zone, first -> new TreeSet<>()).add(instanceType));
  }

  /** Refuses launches with an EC2 error code, {@code VcpuLimitExceeded}. */
  public SimulatedAws refuseLaunches(String code) {
    return locked(() -> launchRefusal = Optional.of(code));
  }

  /** Accepts launches again. */
  public SimulatedAws acceptLaunches() {
    return locked(() -> launchRefusal = Optional.empty());
  }

  /** Lets instances that are launched from now on be pending for so long. */
  public SimulatedAws instancesStartIn(Duration wanted) {
    return locked(() -> boot = wanted);
  }

  /**
   * Lets some instances of each launch from now on end while they start (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html">StateReason</a>).
   *
   * @param which which of them, by their number in the launch
   */
  public SimulatedAws endsStarting(IntPredicate which, String code, String sentence) {
    return locked(
        () ->
            endsStarting =
                index ->
                    which.test(index)
                        ? Optional.of(SimulatedInstance.reason(code, sentence))
                        : Optional.empty());
  }

  /**
   * Makes a KMS key one that launches may not use. EC2 accepts them all the same, and their
   * instances end (<a
   * href="https://repost.aws/knowledge-center/encrypted-volumes-stops-immediately">an instance with
   * an encrypted volume that stops immediately</a>).
   */
  public SimulatedAws keyOutOfReach(String keyArn) {
    return locked(() -> keysOutOfReach.add(keyArn));
  }

  // What the account allows

  /** Sets the account's number. */
  public SimulatedAws account(String number) {
    return locked(() -> account = number);
  }

  /** Sets the regions that are enabled. */
  public SimulatedAws enabledRegions(String... names) {
    return locked(
        () -> {
          enabledRegions.clear();
          enabledRegions.addAll(List.of(names));
          disabledRegions.removeAll(enabledRegions);
        });
  }

  /** Sets how many roles the account may have. */
  public SimulatedAws rolesQuota(int most) {
    return locked(() -> rolesQuota = most);
  }

  /** Sets how many instance profiles the account may have. */
  public SimulatedAws profilesQuota(int most) {
    return locked(() -> profilesQuota = most);
  }

  /** Sets how many managed policies a role may have. */
  public SimulatedAws attachedPoliciesQuota(int most) {
    return locked(() -> attachedPoliciesQuota = most);
  }

  /** Sets how many instances, terminated ones not counted, a region may have. */
  public SimulatedAws instanceQuota(int most) {
    return locked(() -> instanceQuota = most);
  }

  /** Makes these the only images there are; until then every well-formed one is known. */
  public SimulatedAws knownImages(String... ids) {
    return locked(() -> knownImages = Optional.of(new TreeSet<>(List.of(ids))));
  }

  /**
   * Makes IAM refuse every inline policy that holds a text, as it refuses what its parser knows to
   * be wrong and no published grammar says.
   */
  public SimulatedAws refusesPoliciesWith(String text) {
    return locked(() -> refusedTexts.add(text));
  }

  /** Makes a managed policy one that does not exist; any other does. */
  public SimulatedAws missingPolicy(String arn) {
    return locked(() -> missingPolicies.add(arn));
  }

  /** Lets a parameter of Systems Manager hold something else. */
  public SimulatedAws parameter(String name, String value) {
    return locked(() -> parameters.put(name, value));
  }

  /**
   * Returns what a parameter of Systems Manager holds: what it was given, or an image if it is one
   * of AWS's own.
   */
  public Optional<String> parameter(String name) {
    synchronized (lock) {
      return Optional.ofNullable(parameters.get(name))
          .or(
              () ->
                  Optional.of("ami-0123456789abcdef0")
                      .filter(image -> name.startsWith("/aws/service/")));
    }
  }

  /** Gives a managed policy a document. */
  public SimulatedAws policyDocument(String arn, String document) {
    return locked(() -> policyDocuments.put(arn, document));
  }

  // What was called

  /** Returns the calls so far in their order, whatever became of them. */
  public List<Call> calls() {
    synchronized (lock) {
      return List.copyOf(calls);
    }
  }

  /** Returns the calls so far that were meant to change something. */
  public List<Call> writes() {
    return calls().stream().filter(Call::isWrite).toList();
  }

  /** Returns the calls so far of one operation. */
  public List<Call> calls(String operation) {
    return calls().stream().filter(call -> call.operation().equals(operation)).toList();
  }

  /** Returns the operations called so far in their order. */
  public List<String> operations() {
    return calls().stream().map(Call::operation).toList();
  }

  /** Returns how often each operation was called so far, sorted by operation. */
  public SortedMap<String, Long> counts() {
    SortedMap<String, Long> counts = new TreeMap<>();
    calls().forEach(call -> counts.merge(call.operation(), 1L, Long::sum));
    return counts;
  }

  /** Forgets the calls so far; numbers begin at 1 again. */
  public void forgetCalls() {
    locked(
        () -> {
          calls.clear();
          lastCall = 0;
        });
  }

  // What a test starts with

  /** Makes a plain role, visible to all. */
  public SimulatedRole givenRole(String name) {
    return givenRole(name, role -> {});
  }

  /** Makes a role, visible to all, with what the test says of it. */
  public SimulatedRole givenRole(String name, Consumer<GivenRole> traits) {
    GivenRole given = new GivenRole();
    traits.accept(given);
    IamClient iam = personsIam();
    synchronized (lock) {
      iam.createRole(
          request ->
              request
                  .roleName(name)
                  .path(given.path)
                  .assumeRolePolicyDocument(given.trustPolicy)
                  .permissionsBoundary(given.boundary.orElse(null))
                  .tags(given.tagList()));
      String id = entities.role(name).orElseThrow().id();
      given.tagOfId.ifPresent(
          key ->
              iam.tagRole(
                  request ->
                      request.roleName(name).tags(Tag.builder().key(key).value(id).build())));
      given.inlinePolicies.forEach(
          (policy, document) ->
              iam.putRolePolicy(
                  request -> request.roleName(name).policyName(policy).policyDocument(document)));
      given.attachedPolicies.forEach(
          arn -> iam.attachRolePolicy(request -> request.roleName(name).policyArn(arn)));
      SimulatedRole made = entities.role(name).orElseThrow();
      entities.put(
          made.with(made.role().toBuilder().createDate(made.created().minus(given.age)).build()));
      given.lastUsed.ifPresent(when -> useRole(name, when));
      entities.settleRole(name);
      given.profile.ifPresent(
          profile -> {
            if (entities.profile(profile).isEmpty()) {
              iam.createInstanceProfile(
                  request -> request.instanceProfileName(profile).path(given.path));
            }
            iam.addRoleToInstanceProfile(
                request -> request.instanceProfileName(profile).roleName(name));
          });
      given.profile.ifPresent(entities::settleProfile);
      return entities.role(name).orElseThrow();
    }
  }

  /** Makes an empty instance profile, visible to all. */
  public SimulatedProfile givenProfile(String name, String path) {
    synchronized (lock) {
      personsIam().createInstanceProfile(request -> request.instanceProfileName(name).path(path));
      entities.settleProfile(name);
      return entities.profile(name).orElseThrow();
    }
  }

  /** Makes a running instance with a profile in {@code us-east-1}; returns its id. */
  public String givenInstance(String profileName) {
    return givenInstance("us-east-1", profileName);
  }

  /** Makes a running instance with a profile in a region, visible to all; returns its id. */
  public String givenInstance(String region, String profileName) {
    synchronized (lock) {
      entities.settleProfile(profileName);
      String id =
          personsEc2(region)
              .runInstances(
                  RunInstancesRequest.builder()
                      .imageId(knownImages.map(NavigableSet::first).orElse("ami-00000000000000001"))
                      .minCount(1)
                      .maxCount(1)
                      .iamInstanceProfile(profile -> profile.name(profileName))
                      .build())
              .instances()
              .get(0)
              .instanceId();
      SimulatedInstance started = region(region).instance(id).orElseThrow();
      region(region)
          .put(started.asked(SimulatedInstance.Asked.START, clock.instant().minus(started.boot())));
      region(region).settle(id);
      return id;
    }
  }

  // What others do meanwhile

  /** Ends an instance, in whatever region. */
  public void terminate(String instanceId) {
    personsEc2(instance(instanceId).orElseThrow().region())
        .terminateInstances(request -> request.instanceIds(instanceId));
  }

  /** Deletes all launch templates and cancels all Spot requests, in whatever region. */
  public void endWhatCanStartInstances() {
    synchronized (lock) {
      regions.forEach(
          (name, region) -> new SimulatedEc2(this, entities, region, name, false).endStarters());
    }
  }

  /** Stops an instance, in whatever region. */
  public void stop(String instanceId) {
    personsEc2(instance(instanceId).orElseThrow().region())
        .stopInstances(request -> request.instanceIds(instanceId));
  }

  /**
   * Lets a pending instance end with a reason, {@code Server.InsufficientInstanceCapacity} (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html">StateReason</a>).
   */
  public void failStart(String instanceId, String reasonCode) {
    synchronized (lock) {
      SimulatedInstance instance = instance(instanceId).orElseThrow();
      region(instance.region()).put(instance.failed(reasonCode, clock.instant()));
    }
  }

  /**
   * Shows a role as used at a moment. AWS shows a use hours late, and not for ever (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html">RoleLastUsed</a>).
   */
  public void useRole(String name, Instant when) {
    synchronized (lock) {
      SimulatedRole role = entities.role(name).orElseThrow();
      RoleLastUsed use = RoleLastUsed.builder().lastUsedDate(when).region("us-east-1").build();
      entities.put(role.with(role.role().toBuilder().roleLastUsed(use).build()));
    }
  }

  /** Deletes a role as a person would at the console, with all that is in the way. */
  public void deleteRole(String name) {
    IamClient iam = personsIam();
    synchronized (lock) {
      SimulatedRole role = entities.role(name).orElseThrow();
      entities.profiles().stream()
          .filter(profile -> profile.holds(role))
          .forEach(
              profile ->
                  iam.removeRoleFromInstanceProfile(
                      request -> request.instanceProfileName(profile.name()).roleName(name)));
      role.attachedPolicies()
          .forEach(arn -> iam.detachRolePolicy(request -> request.roleName(name).policyArn(arn)));
      role.inlinePolicies()
          .keySet()
          .forEach(
              policy -> iam.deleteRolePolicy(request -> request.roleName(name).policyName(policy)));
      iam.deleteRole(request -> request.roleName(name));
    }
  }

  /** Deletes a profile as a person would at the console, with its role taken out first. */
  public void deleteProfile(String name) {
    IamClient iam = personsIam();
    synchronized (lock) {
      entities
          .profile(name)
          .orElseThrow()
          .roleName()
          .ifPresent(
              role ->
                  iam.removeRoleFromInstanceProfile(
                      request -> request.instanceProfileName(name).roleName(role)));
      iam.deleteInstanceProfile(request -> request.instanceProfileName(name));
    }
  }

  // What is true

  /** Returns a role as it is, whatever readers see. */
  public Optional<SimulatedRole> role(String name) {
    synchronized (lock) {
      return entities.role(name);
    }
  }

  /** Returns all roles as they are, sorted by name. */
  public List<SimulatedRole> roles() {
    synchronized (lock) {
      return entities.roles();
    }
  }

  /** Returns an instance profile as it is, whatever readers see. */
  public Optional<SimulatedProfile> profile(String name) {
    synchronized (lock) {
      return entities.profile(name);
    }
  }

  /** Returns all instance profiles as they are, sorted by name. */
  public List<SimulatedProfile> profiles() {
    synchronized (lock) {
      return entities.profiles();
    }
  }

  /** Lets an owner open what has an id to launches; EC2 shows that at once. */
  public SimulatedAws givenWord(String id, String word) {
    personsEc2("us-east-1")
        .createTags(
            request ->
                request
                    .resources(id)
                    .tags(
                        software.amazon.awssdk.services.ec2.model.Tag.builder()
                            .key("spawn:launch")
                            .value(word)
                            .build()));
    synchronized (lock) {
      region("us-east-1").tags().settle(id + " spawn:launch");
    }
    return this;
  }

  /** Returns the word by which the owner of what has an id has opened it, whatever readers see. */
  public Optional<String> wordOf(String id) {
    synchronized (lock) {
      return regions.values().stream()
          .flatMap(region -> region.tags().current(id + " spawn:launch").stream())
          .map(TagDescription::value)
          .findFirst();
    }
  }

  /** Returns an instance of whatever region as it is, whatever readers see. */
  public Optional<SimulatedInstance> instance(String id) {
    synchronized (lock) {
      return regions.values().stream().flatMap(region -> region.instance(id).stream()).findFirst();
    }
  }

  /**
   * Returns the instances of all regions as they are, terminated ones too, by region and launch.
   */
  public List<SimulatedInstance> instances() {
    synchronized (lock) {
      return regions.values().stream()
          .map(Ec2Region::instances)
          .flatMap(Collection::stream)
          .toList();
    }
  }

  /** Returns the instances that are not terminated. */
  public List<SimulatedInstance> aliveInstances() {
    Instant now = clock.instant();
    return instances().stream().filter(instance -> instance.isAlive(now)).toList();
  }

  /**
   * Returns the names or ARNs of the profiles with which a launch template, by its latest or its
   * default version, or a Spot request can still start instances, in whatever region.
   */
  public Set<String> profilesToStartWith() {
    synchronized (lock) {
      Set<String> named = new TreeSet<>();
      regions.forEach(
          (name, region) ->
              named.addAll(
                  new SimulatedEc2(this, entities, region, name, false).profilesToStartWith()));
      return named;
    }
  }

  /**
   * Returns the instances that are not terminated and whose profile, or the role in it, is gone:
   * they get no credentials any more (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html">troubleshoot
   * IAM and Amazon EC2</a>).
   */
  public List<SimulatedInstance> instancesWithoutCredentials() {
    synchronized (lock) {
      return aliveInstances().stream()
          .filter(
              instance ->
                  instance.profile().isPresent() && roleOf(instance.profile().get()).isEmpty())
          .toList();
    }
  }

  /** Returns the role whose credentials an instance has now. */
  public Optional<SimulatedRole> roleOf(SimulatedInstance instance) {
    synchronized (lock) {
      return instance.profile().flatMap(this::roleOf);
    }
  }

  private Optional<SimulatedRole> roleOf(ProfileAssociation association) {
    String arn = association.profileArn();
    return entities
        .profile(arn.substring(arn.lastIndexOf('/') + 1))
        .filter(profile -> profile.id().equals(association.profileId()))
        .flatMap(SimulatedProfile::roleName)
        .flatMap(entities::role);
  }

  // For the clients; all but perform under the lock

  /** Records a call, lets faults happen around it, and gives it its effect under the lock. */
  <T> T perform(
      boolean observed,
      String service,
      String region,
      String operation,
      AwsRequest request,
      Supplier<T> effect) {
    if (!observed) {
      synchronized (lock) {
        return effect.get();
      }
    }
    Call call = record(service, region, operation, request);
    faults.before(call);
    try {
      synchronized (lock) {
        checkAllowed(call);
        return effect.get();
      }
    } finally {
      faults.after(call);
    }
  }

  private Call record(String service, String region, String operation, AwsRequest request) {
    synchronized (lock) {
      Call call = new Call(++lastCall, service, region, operation, request);
      calls.add(call);
      return call;
    }
  }

  /**
   * A region that is not enabled knows no credentials; a caller without permission is refused in
   * the words of the service (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html">EC2 error
   * codes</a>).
   */
  private void checkAllowed(Call call) {
    boolean isEc2 = call.service().equals("ec2");
    if (isEc2 && brokenRegions.contains(call.region())) {
      throw AwsErrors.unavailable();
    }
    if (isEc2 && !enabledRegions.contains(call.region())) {
      throw AwsErrors.ec2(
          "AuthFailure", 401, "AWS was not able to validate the provided access credentials");
    }
    if (denies(call.action())) {
      throw isEc2
          ? AwsErrors.unauthorizedOperation(call.action())
          : AwsErrors.accessDenied(call.action());
    }
  }

  boolean denies(String action) {
    return deniedActions.contains(action);
  }

  boolean refusesPolicy(String document) {
    return refusedTexts.stream().anyMatch(document::contains);
  }

  /** Lets a role have used an action at an instant. */
  public SimulatedAws used(String role, String action, Instant at) {
    return locked(() -> accessAdvisor.use(role, action, at));
  }

  /** Lets a report about use be ready after so many questions. */
  public SimulatedAws reportsAreReadyAfter(int questions) {
    return locked(() -> accessAdvisor.readyAfter(questions));
  }

  /** Lets reports about use fail. */
  public SimulatedAws reportsFail() {
    return locked(accessAdvisor::fail);
  }

  AccessAdvisor accessAdvisor() {
    return accessAdvisor;
  }

  boolean lacksPolicy(String arn) {
    return missingPolicies.contains(arn);
  }

  /**
   * Returns the document of a managed policy: the one that it was given, AWS's own, or one that
   * allows everything to what is called a boundary, and to others next to nothing.
   */
  String documentOf(String arn) {
    String given = policyDocuments.get(arn);
    if (given != null) {
      return given;
    }
    return ManagedPolicyDocuments.of(arn)
        .map(JsonNode::toString)
        .orElseGet(
            () ->
                """
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"%s","Resource":"*"}]}"""
                    .formatted(arn.contains("Boundary") ? "*" : "sts:GetCallerIdentity"));
  }

  boolean knowsImage(String imageId) {
    return knownImages.map(ids -> ids.contains(imageId)).orElse(true);
  }

  boolean profileOutlivesInstance() {
    return profileOutlivesInstance;
  }

  int rolesQuota() {
    return rolesQuota;
  }

  int profilesQuota() {
    return profilesQuota;
  }

  int attachedPoliciesQuota() {
    return attachedPoliciesQuota;
  }

  int instanceQuota() {
    return instanceQuota;
  }

  /** Returns how long what is launched now will be pending. */
  Duration boot() {
    return boot;
  }

  /** Returns why an instance of a launch ends while it starts, if it does. */
  Optional<StateReason> endsStarting(RunInstancesRequest launch, int index) {
    boolean cannotDecrypt =
        launch.blockDeviceMappings().stream()
            .anyMatch(
                device ->
                    device.ebs() != null
                        && device.ebs().kmsKeyId() != null
                        && keysOutOfReach.contains(device.ebs().kmsKeyId()));
    return cannotDecrypt
        ? Optional.of(
            SimulatedInstance.reason(
                "Client.InternalError", "Client.InternalError: Client error on launch"))
        : endsStarting.apply(index);
  }

  int capacityIn(String zoneOrSubnet) {
    return capacity.getOrDefault(zoneOrSubnet, Integer.MAX_VALUE);
  }

  boolean offers(String zone, String instanceType) {
    return !typesNotOffered.getOrDefault(zone, Set.of()).contains(instanceType);
  }

  Optional<String> zoneOfSubnet(String subnetId) {
    return Optional.ofNullable(zonesOfSubnets.get(subnetId));
  }

  Optional<String> launchRefusal() {
    return launchRefusal;
  }

  SortedSet<String> enabledRegions() {
    return enabledRegions;
  }

  SortedSet<String> disabledRegions() {
    return disabledRegions;
  }

  String account() {
    return account;
  }

  /**
   * An ARN holds the path before the name (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html">IAM
   * identifiers</a>).
   */
  String arn(String kind, String path, String name) {
    return "arn:aws:iam::" + account + ":" + kind + path + name;
  }

  /** Returns an id in AWS's form, one after the other so that their order is that of making. */
  String nextId(String prefix) {
    String digits = Long.toHexString(++lastId);
    String padded = "0".repeat(ID_DIGITS - digits.length()) + digits;
    return prefix + (prefix.endsWith("-") ? padded : padded.toUpperCase(Locale.ROOT));
  }

  String nextAddress() {
    return "10.0." + (lastId >> 8 & 255) + "." + (lastId & 255);
  }

  /** Returns how many items a page holds where so many were asked for. */
  int pageSize(int asked) {
    return shortPages.isEmpty()
        ? asked
        : Math.min(asked, random.nextInt(shortPages.getAsInt() + 1));
  }

  private Ec2Region region(String name) {
    synchronized (lock) {
      return regions.computeIfAbsent(name, unknown -> new Ec2Region(lag));
    }
  }

  private SimulatedAws locked(Runnable change) {
    synchronized (lock) {
      change.run();
    }
    return this;
  }
}
