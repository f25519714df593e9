package spawn.profile;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.error.NotVisibleYet;
import spawn.error.ProfileConflict;
import spawn.error.QuotaExceeded;
import spawn.error.RoleVanished;
import spawn.error.SpawnException;
import spawn.role.AccountQuotas;
import spawn.role.IamAnswers;
import spawn.role.IamRoles;
import spawn.role.KnownRole;
import spawn.role.Owner;
import spawn.role.Tags;

/**
 * Makes the instance profile of a launch exist and hold its role.
 *
 * <p>A profile holds at most one role, and that quota cannot be raised (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html">AddRoleToInstanceProfile</a>).
 */
public final class InstanceProfiles {
  /**
   * How long after its completion a profile is taken as visible to EC2 without asking: far longer
   * than the seconds that AWS speaks of (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html">IAM
   * roles for EC2</a>). If EC2 still does not see it, the launch goes back to waiting.
   */
  private static final Duration SETTLED_AFTER = Duration.ofMinutes(10);

  /**
   * The last part of a profile's path: when it was created. So a profile that is deleted and
   * created again has another ARN, and EC2, which may still see the old one for a while, cannot
   * launch with that by mistake: an instance would have a deleted profile, and never get
   * credentials (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html">troubleshoot
   * IAM and Amazon EC2</a>).
   */
  private static final DateTimeFormatter CREATED_AT =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

  private final IamClient iam;
  private final Owner owner;
  private final IamRoles roles;
  private final AccountQuotas quotas;
  private final Clock clock;

  /**
   * Creates the service on one account's IAM.
   *
   * @param owner the stack whose profiles they are
   */
  public InstanceProfiles(IamClient iam, Owner owner, Clock clock) {
    this.iam = IamAnswers.ofMakers(iam, clock);
    this.owner = owner;
    this.quotas = new AccountQuotas(this.iam);
    this.roles = new IamRoles(this.iam, owner, quotas);
    this.clock = clock;
  }

  /** Returns the names that the profile of a role may have if the payload names none. */
  public List<String> namesFor(String role) {
    return owner.profileNames(role);
  }

  /**
   * Makes the profile exist with its role in it.
   *
   * @throws ProfileConflict if it holds another role, or is empty and not the stack's
   * @throws NotVisibleYet if IAM does not yet show or accept what was just made; to be tried again
   * @throws RoleVanished if the role is gone, or has been replaced by another of the same name
   * @throws QuotaExceeded if the account has no room for the profile, with the counts
   */
  public EnsuredProfile ensure(ProfileRequest request) {
    if (!request.roleIsNew()) {
      Optional<InstanceProfile> found = find(request.name());
      if (found.isPresent()) {
        return use(found.get(), request);
      }
    }
    return create(request);
  }

  /**
   * Returns what would be made, without making it; a profile that does not exist has no ARN.
   *
   * @throws ProfileConflict if it holds another role, or is empty and not the stack's
   */
  public EnsuredProfile planned(ProfileRequest request) {
    Optional<InstanceProfile> found = find(request.name());
    found.ifPresent(
        profile -> {
          checkMayBeFilled(profile, request);
          checkHolds(profile, request);
        });
    return found
        .filter(profile -> !profile.roles().isEmpty())
        .map(profile -> ensured(profile, settlesAt(profile, request), false))
        .orElseGet(() -> new EnsuredProfile(request.name(), null, null, false, null, true));
  }

  private EnsuredProfile create(ProfileRequest request) {
    InstanceProfile made;
    try {
      made =
          iam.createInstanceProfile(
                  create ->
                      create
                          .instanceProfileName(request.name())
                          .path(owner.path() + CREATED_AT.format(clock.instant()) + "/")
                          .tags(tags(request)))
              .instanceProfile();
    } catch (EntityAlreadyExistsException anotherLaunchWasFirst) {
      return use(shown(request.name()), request);
    } catch (LimitExceededException refused) {
      throw quotas.instanceProfiles(refused);
    }
    return addRole(request) && request.roleIsNew() ? justFilled(made) : filled(request);
  }

  private List<Tag> tags(ProfileRequest request) {
    List<Tag> tags =
        new ArrayList<>(
            List.of(
                Tags.of(Tags.MANAGED, "true"),
                Tags.of(Tags.CREATED, clock.instant().toString()),
                Tags.of(Tags.CREATOR, Tags.value(request.creator())),
                Tags.of(Tags.ROLE, request.roleName())));
    request.teamTag().ifPresent(team -> tags.add(Tags.of(Tags.TEAM, team)));
    return tags;
  }

  private EnsuredProfile use(InstanceProfile profile, ProfileRequest request) {
    if (profile.roles().isEmpty()) {
      checkMayBeFilled(profile, request);
      addRole(request);
      return filled(request);
    }
    checkIsOurs(profile, request);
    return ensured(profile, settlesAt(profile, request), false);
  }

  private void checkMayBeFilled(InstanceProfile profile, ProfileRequest request) {
    if (profile.roles().isEmpty() && !owner.manages(profile)) {
      throw new ProfileConflict(
          "Instance profile \"%s\" (%s) is empty and was not made by this stack, so no role was put into it. Put role \"%s\" into it"
                  .formatted(profile.instanceProfileName(), profile.arn(), request.roleName())
              + " yourself, or choose another $.iam.instanceProfile.");
    }
  }

  private static void checkHolds(InstanceProfile profile, ProfileRequest request) {
    for (Role held : profile.roles()) {
      if (!held.roleName().equals(request.roleName())) {
        throw new ProfileConflict(
            "Instance profile \"%s\" (%s) holds role \"%s\", not \"%s\"; it was left as it is. Choose another $.iam.instanceProfile."
                .formatted(
                    profile.instanceProfileName(),
                    profile.arn(),
                    held.roleName(),
                    request.roleName()));
      }
    }
  }

  /**
   * Checks that a profile holds the very role that the launch has found, not another of its name.
   */
  private void checkIsOurs(InstanceProfile profile, ProfileRequest request) {
    checkHolds(profile, request);
    for (Role held : profile.roles()) {
      if (!held.roleId().equals(request.roleId())) {
        throw anotherOfItsName(held, request);
      }
    }
  }

  private static Instant settlesAt(InstanceProfile profile, ProfileRequest request) {
    Instant complete =
        Optional.ofNullable(request.roleCreated())
            .filter(profile.createDate()::isBefore)
            .orElse(profile.createDate());
    return complete.plus(SETTLED_AFTER);
  }

  private EnsuredProfile justFilled(InstanceProfile profile) {
    return ensured(profile, clock.instant().plus(SETTLED_AFTER), true);
  }

  private EnsuredProfile ensured(InstanceProfile profile, Instant settlesAt, boolean created) {
    return new EnsuredProfile(
        profile.instanceProfileName(),
        profile.arn(),
        profile.instanceProfileId(),
        settlesAt.isBefore(clock.instant()),
        settlesAt,
        created);
  }

  /**
   * Puts the role into its profile; returns whether this call has done it. IAM refuses with
   * LimitExceeded even if the profile already holds this very role, because another launch has
   * added it or this call has been repeated: then a read has to tell which role it is.
   */
  private boolean addRole(ProfileRequest request) {
    try {
      iam.addRoleToInstanceProfile(
          add -> add.instanceProfileName(request.name()).roleName(request.roleName()));
      return true;
    } catch (LimitExceededException holdsARole) {
      return false;
    } catch (NoSuchEntityException roleOrProfile) {
      throw roles.find(request.roleName()).isPresent()
          ? new NotVisibleYet(
              "IAM does not yet accept role %s or instance profile %s, although both exist."
                  .formatted(request.roleName(), request.name()))
          : new RoleVanished(
              "Role %s is gone, although this launch found or made it a moment ago. Something else deletes it."
                  .formatted(request.roleName()));
    }
  }

  /**
   * Returns the profile after the role was put into it, as IAM shows it. An existing role usually
   * has a profile, and an existing profile usually a role. That either was missing means that a
   * person has changed something, or that a run has stopped half-way; so the role may meanwhile be
   * another of the same name.
   */
  private EnsuredProfile filled(ProfileRequest request) {
    InstanceProfile shown = shown(request.name());
    if (shown.roles().isEmpty()) {
      throw new NotVisibleYet(
          "IAM does not yet show that instance profile %s holds role %s."
              .formatted(request.name(), request.roleName()));
    }
    checkIsOurs(shown, request);
    return justFilled(shown);
  }

  /** A role was deleted and made again, and this state or the one before it has read late. */
  private SpawnException anotherOfItsName(Role held, ProfileRequest request) {
    Optional<String> id = roles.find(request.roleName()).map(KnownRole::id);
    return id.equals(Optional.of(request.roleId()))
        ? new NotVisibleYet(
            "IAM still shows, in instance profile %s, a role %s that has been replaced."
                .formatted(request.name(), held.roleName()))
        : new RoleVanished(
            "Role %s has been replaced by another role of the same name. Something else deletes it."
                .formatted(request.roleName()));
  }

  private InstanceProfile shown(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotVisibleYet(
                    "IAM says that the instance profile name %s is taken, but does not show the profile yet."
                        .formatted(name)));
  }

  Optional<InstanceProfile> find(String name) {
    return IamAnswers.found(
        () -> iam.getInstanceProfile(get -> get.instanceProfileName(name)).instanceProfile());
  }
}
