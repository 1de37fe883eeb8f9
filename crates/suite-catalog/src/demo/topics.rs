//! What people of the company write to its service desk.

/// What a ticket is about, how it is answered, and how it ends.
pub struct Topic {
    pub kind: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub impact: &'static str,
    pub urgency: &'static str,
    pub reply: &'static str,
    pub solution: &'static str,
    pub tag: &'static str,
}

pub const SITES: [&str; 6] =
    ["Rotterdam", "Gdańsk", "Hall 2", "Hall 5", "the Antwerp office", "the night shift"];

macro_rules! topics {
    ($($kind:literal $impact:literal $urgency:literal $tag:literal: $title:literal, $description:literal
        => $reply:literal => $solution:literal;)*) => {
        &[$(Topic {
            kind: $kind, title: $title, description: $description, impact: $impact,
            urgency: $urgency, reply: $reply, solution: $solution, tag: $tag,
        }),*]
    };
}

/// `{}` is a site.
pub const TOPICS: &[Topic] = topics![
    "incident" "medium" "high" "scanner": "Handheld scanners lose their connection at {}",
    "Since the morning three scanners at {} drop out of the warehouse system every few minutes. Restarting helps for a while."
    => "I can see the drops on the access point there. Could you keep one scanner as it is, so that I can look at it?"
    => "The access point had fallen back to an old channel. It is set again, and the scanners have been stable since.";
    "incident" "low" "medium" "printer": "Label printer prints blank labels in {}",
    "Every second label is blank. New ribbon is in already."
    => "Thank you. I will come by with a cleaning card before noon."
    => "Print head cleaned, and the sensor set to the new label size.";
    "incident" "low" "low" "laptop": "Laptop battery is empty after an hour",
    "It used to last all day. Nothing else has changed."
    => "The battery reports 41 % of its capacity. I have ordered a new one."
    => "Battery replaced.";
    "incident" "medium" "medium" "vpn": "VPN asks for the password again and again",
    "Colleagues in {} and I are thrown out of the VPN about every ten minutes."
    => "Two gateways disagree about the time. We are looking into it."
    => "Clock of the second gateway corrected; sessions last again.";
    "service_request" "low" "low" "access": "Access to the route planning folder",
    "I have moved to {} and need to read the route plans there."
    => "Your team lead has agreed; you will have it within the hour."
    => "You are in the group *Route plans, readers*.";
    "question" "low" "low" "mail": "How do I share a calendar with {}?",
    "I would like the team there to see when the docks are booked."
    => "Right-click the calendar and choose *Share*. Here is our article with pictures."
    => "Explained, and it worked.";
    "incident" "high" "medium" "erp": "Order import has stopped",
    "No orders from the shop since 05:40. The queue shows 212 waiting."
    => "We see the queue and have stopped the import while we look for the order that blocks it."
    => "One order had a country code that does not exist. It was taken out, and the rest came in within four minutes.";
    "incident" "low" "medium" "phone": "Desk phone has no dial tone",
    "The display says *Registering*."
    => "Could you tell me the number of the wall socket?"
    => "The socket was patched to the wrong network. It is right now.";
    "incident" "medium" "low" "disk": "Shared drive is nearly full",
    "The drive of {} shows 2 % free."
    => "I have found 180 GB of old video from the dock cameras and asked the owner."
    => "Old recordings were moved to the archive; 38 % are free.";
    "incident" "high" "high" "network": "No network in {}",
    "All screens went offline at once. Nothing can be loaded."
    => "We are on it: the switch in the cabinet does not answer. Somebody is on the way."
    => "The switch had lost its power supply. It was replaced from stock.";
    "service_request" "low" "medium" "onboarding": "New colleague starts on Monday at {}",
    "Needs an account, a scanner profile and a locker badge."
    => "Account and badge are prepared. I need the shoe size of nobody, but the start time would help."
    => "Everything was handed over on the first day.";
    "incident" "low" "high" "password": "Locked out after holidays",
    "I have tried my password too often."
    => "I have unlocked the account. Please sign in with the old password first."
    => "Unlocked, and a new password set.";
    "incident" "medium" "medium" "camera": "Gate camera does not open the barrier at {}",
    "Licence plates are not recognised in the rain."
    => "The lens is dirty or the firmware is old; we look at both."
    => "Lens cleaned and firmware updated. Recognition is back to 99 %.";
    "question" "low" "low" "backup": "Can a deleted spreadsheet be brought back?",
    "It was deleted last Thursday, in the folder of {}."
    => "Yes, we keep thirty days. Which version: Wednesday evening?"
    => "Restored from Wednesday evening.";
    "incident" "medium" "medium" "security": "Strange mail asks for supplier bank details",
    "Three of us in {} have had it. I did not click."
    => "Well spotted, thank you. We have blocked the sender and are looking for others."
    => "The campaign was blocked; nobody had answered. The security team has told all sites.";
    "incident" "low" "low" "monitor": "Second monitor stays dark",
    "It worked yesterday."
    => "Could you try the other cable in the drawer?"
    => "Cable replaced.";
];
