//! Inviting people into a tenant.

use std::collections::BTreeSet;

use serde_json::json;
use suite_contracts::{MembershipId, TenantId, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::{Transaction, is_dangling};
use uuid::Uuid;

use super::User;
use crate::error::HubError;
use crate::model::email::Email;
use crate::model::name;
use crate::permissions::USERS_WRITE;
use crate::service::authority::taken;
use crate::service::{Hub, invitations};
use crate::store::{self, entities, members};

/// Who is invited, and what they get.
#[derive(Debug, Clone, Default)]
pub(crate) struct Invitation {
    pub email: String,
    pub name: String,
    pub roles: BTreeSet<Uuid>,
    pub groups: BTreeSet<Uuid>,
}

/// Somebody whose membership waits for them.
#[derive(Debug, Clone)]
pub(in crate::service) struct Invited {
    pub person: UserId,
    pub membership: MembershipId,
    pub email: Email,
}

impl Hub {
    /// Invites somebody: they get a mail, and are a member once they accept.
    pub(crate) async fn invite_user(
        &self,
        caller: &Caller,
        invitation: Invitation,
    ) -> Result<User, HubError> {
        caller.require(USERS_WRITE)?;
        let own = caller.tenant();
        let (transaction, tenant) = self.begin_in(own).await?;
        let roles = self.givable_roles(&transaction, caller, &tenant, &invitation.roles).await?;
        let groups = self.givable_groups(&transaction, caller, &tenant, &invitation.groups).await?;
        let invited = self.add_invited(&transaction, own, &invitation).await?;
        for role in &roles {
            let role = role.id.into();
            store::roles::give(&transaction, own, invited.membership, role).await?;
        }
        for group in &groups {
            store::groups::add(&transaction, own, group.id, invited.membership.0).await?;
        }
        store::groups::touch(&transaction, own, invitation.groups.iter().copied()).await?;
        self.send_invitation(&transaction, caller, &tenant, &invited).await?;
        let names = |names: Vec<&String>| json!(names);
        let detail = json!({
            "email": invited.email.as_str(),
            "roles": names(roles.iter().map(|role| &role.name).collect()),
            "groups": names(groups.iter().map(|group| &group.name).collect()),
        });
        let entry = Entry::new("hub.user.invited", "user", invited.person).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.read_user(own, invited.person).await
    }

    /// Invites somebody once more who has not accepted.
    pub(crate) async fn invite_again(&self, caller: &Caller, id: UserId) -> Result<(), HubError> {
        let (transaction, tenant, (member, person)) =
            self.begin_with_user(caller, id, None).await?;
        if member.state != members::INVITED {
            let reason = "they have accepted already".to_owned();
            return Err(HubError::Conflict { code: "invitation_accepted", reason });
        }
        let (membership, email) = (MembershipId(member.id), Email::parse(&person.email)?);
        let invited = Invited { person: id, membership, email };
        self.send_invitation(&transaction, caller, &tenant, &invited).await?;
        let entry = Entry::new("hub.user.invited-again", "user", id);
        self.finish(transaction, caller, entry).await
    }

    /// Sends a user the mail with which they set a new password. Nobody else ever sets it.
    pub(crate) async fn reset_user_password(
        &self,
        caller: &Caller,
        id: UserId,
    ) -> Result<(), HubError> {
        let (transaction, _, (member, person)) = self.begin_with_user(caller, id, None).await?;
        if member.state == members::INVITED {
            let reason = "they have no password yet: send the invitation again".to_owned();
            return Err(HubError::Conflict { code: "invitation_open", reason });
        }
        self.send_password_reset(&transaction, &person).await?;
        let entry = Entry::new("hub.user.password-reset-sent", "user", id);
        self.finish(transaction, caller, entry).await
    }

    /// Makes the membership of an invited person, and the person if nobody has this address.
    pub(in crate::service) async fn add_invited(
        &self,
        transaction: &Transaction,
        tenant: TenantId,
        invitation: &Invitation,
    ) -> Result<Invited, HubError> {
        let email = Email::parse(&invitation.email)?;
        let invited_name = name::parse("name", &invitation.name)?;
        let now_ms = self.now_ms();
        let address = email.as_str();
        let person = store::persons::found_or_made(transaction, address, &invited_name, now_ms);
        let text = "this address is being invited at this moment: try again";
        let person = person.await.map_err(|error| taken(error, "already_member", text))?;
        let person = UserId(person.id);
        let membership = MembershipId::new();
        let ids = (membership, tenant, person);
        let made = members::insert_invited(transaction, ids, &invited_name, now_ms).await;
        made.map_err(|error| {
            if is_dangling(&error) {
                let reason = "this person was removed at this moment: try again".to_owned();
                return HubError::Conflict { code: "person_removed", reason };
            }
            taken(error, "already_member", "they are a user of this tenant already")
        })?;
        Ok(Invited { person, membership, email })
    }

    /// Writes to somebody who was invited; an older link stops working.
    pub(in crate::service) async fn send_invitation(
        &self,
        transaction: &Transaction,
        caller: &Caller,
        tenant: &entities::tenant::Model,
        invited: &Invited,
    ) -> Result<(), HubError> {
        let letter = invitations::Invitation {
            tenant: TenantId(tenant.id),
            tenant_name: &tenant.name,
            person: invited.person,
            email: &invited.email,
            membership: invited.membership,
            inviter: &caller.identity.name,
        };
        self.invite(transaction, letter).await
    }
}
