//! What the catalog's use cases ask for.

use suite_contracts::Permission;

macro_rules! permissions {
    ($($name:ident = $reach:ident($text:literal, $allows:literal)),* $(,)?) => {
        $(pub const $name: Permission = Permission::$reach($text, $allows);)*
        /// All of them.
        pub const ALL: &[Permission] = &[$($name),*];
    };
}

permissions! {
    ITEMS_READ = member("catalog.items.read", "See what there is to ask for"),
    ITEMS_WRITE = tenant("catalog.items.write", "Make, publish and withdraw items and their categories"),
    COST_CENTRES_READ = tenant("catalog.cost-centres.read", "See cost centres and their owners"),
    COST_CENTRES_WRITE = tenant("catalog.cost-centres.write", "Make and change cost centres"),
    REQUESTS_READ = member("catalog.requests.read", "See requests of one's own, and those to decide on"),
    REQUESTS_WRITE = member("catalog.requests.write", "Ask for items, and take requests of one's own back"),
    ALL_REQUESTS_READ = tenant("catalog.all-requests.read", "See everybody's requests"),
    ALL_REQUESTS_WRITE = tenant("catalog.all-requests.write", "Start approvals anew that had nobody to ask"),
    APPROVALS_WRITE = member("catalog.approvals.write", "Decide as an approver, and delegate it"),
    TASKS_WRITE = member("catalog.tasks.write", "Do the tasks that are one's own or one's groups'"),
    ALL_TASKS_WRITE = tenant("catalog.all-tasks.write", "See, do and hand out everybody's tasks"),
    AUTOMATION_WRITE = tenant("catalog.automation.write", "Answer calls of automation"),
    CALENDARS_READ = tenant("catalog.calendars.read", "See business calendars"),
    CALENDARS_WRITE = tenant("catalog.calendars.write", "Make and change business calendars, by which deadlines count"),
    SERVICE_LEVELS_READ = tenant("catalog.service-levels.read", "See what the desk promises, and its groups"),
    SERVICE_LEVELS_WRITE = tenant("catalog.service-levels.write", "Set what the desk promises, and its groups"),
    TICKETS_READ = member("catalog.tickets.read", "See tickets of one's own, without internal notes"),
    TICKETS_WRITE = member("catalog.tickets.write", "Open tickets, reply to one's own, and say that they are solved or not"),
    ALL_TICKETS_READ = tenant("catalog.all-tickets.read", "See everybody's tickets, with internal notes"),
    ALL_TICKETS_WRITE = tenant("catalog.all-tickets.write", "Work on tickets as an agent, and open them on behalf of others"),
    DESK_LEAD = tenant("catalog.desk.lead", "Say whose a ticket is that goes back and forth between tiers"),
    CANNED_ANSWERS_WRITE = tenant("catalog.canned-answers.write", "Keep the canned answers that agents use"),
    INCIDENTS_READ = tenant("catalog.major-incidents.read", "See major incidents, and hear of them"),
    INCIDENTS_WRITE = tenant("catalog.major-incidents.write", "Declare and lead major incidents, and review them"),
    REVIEW_TEMPLATE_WRITE = tenant("catalog.review-template.write", "Set what reviews of major incidents begin as"),
    STATUS_PAGE_WRITE = tenant("catalog.status-page.write", "Keep the public status page: its components, how they stand, and maintenance"),
    PROBLEMS_READ = tenant("catalog.problems.read", "See problems and known errors"),
    PROBLEMS_WRITE = tenant("catalog.problems.write", "Open problems, and say what is known of them"),
    ARTICLES_READ = member("catalog.articles.read", "Read the knowledge base, and say what helped"),
    ARTICLES_WRITE = tenant("catalog.articles.write", "Write, publish and withdraw articles of the knowledge base"),
    LADDERS_READ = tenant("catalog.escalation-ladders.read", "See whom escalations call"),
    LADDERS_WRITE = tenant("catalog.escalation-ladders.write", "Set whom escalations call"),
    MEASURES_READ = tenant("catalog.measures.read", "See what is measured of tickets and requests"),
    FILES_READ = member("catalog.files.read", "Download files of requests and tickets that one sees"),
    FILES_WRITE = member("catalog.files.write", "Upload files, and remove one's own"),
    MAIL_WRITE = tenant("catalog.mail.write", "Bring in e-mail for the desk, as a mail server"),
    MAIL_SETTINGS_WRITE = tenant("catalog.mail-settings.write", "See and set how the desk takes e-mail"),
    AUDIT_READ = tenant("catalog.audit.read", "Search, export and prove the catalog's audit records"),
}
