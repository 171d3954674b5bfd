//! Commands of the built binary on a database of their own: what they print, and how they end.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod terminal;

use std::{path::Path, process::Command};

use terminal::{ANN, SECRET, Terminal, WEEK, complained, said};

/// Two vehicles of one's own feed, and a row that is none.
const FEED: &str = "\
Stock Number,VIN,Condition,Year,Make,Model,Mileage,Price
K1,1M8GDM9AXKP042788,used,2019,Mazda,CX-5,41000,21990
K2,11111111111111111,new,2026,Ford,F-150,12,52990
K3,1M8GDM9A1KP042788,used,2019,Mazda,CX-5,41000,21990
";

#[tokio::test]
async fn a_dealership_of_ones_own_is_whole_and_its_token_opens() {
    let terminal = Terminal::new().await;
    let feed = terminal.file("feed.csv", FEED);
    let number = ["--number", "+17205550199", "--feed", &feed];
    let created = terminal.create(&[&WEEK[..], &["--hours", "service=mon 07:30-18:00"], &number, &ANN].concat());
    assert!(created.status.success(), "{}", complained(&created));
    let said = said(&created);
    assert!(said.contains("/webhooks/twilio/"), "{said}");
    assert!(said.contains("2 accepted (2 new, 0 changed, 0 unchanged), 1 rejected"), "{said}");
    assert!(said.contains("line 4: rejected: its VIN is none"), "{said}");
    let token = said.lines().last().unwrap();
    assert!(token.starts_with("fct_"), "{said}");

    let again = terminal.create(&[&WEEK[..], &ANN].concat());
    assert!(complained(&again).contains("already"), "{}", complained(&again));

    let doctor = terminal.run(&["doctor"]);
    let report = self::said(&doctor);
    assert!(doctor.status.success(), "{report}");
    assert!(report.lines().all(|line| line.starts_with("ok  ")), "{report}");
    assert!(report.contains("opens the secrets of all integrations (1)"), "{report}");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_dealership_is_said_and_nothing_is_made() {
    let terminal = Terminal::new().await;
    let no_feed = terminal.file("customers.csv", "Name,Phone\nAnn,555\n");
    for (more, expected) in [
        (["--hours", "mon 09:00-8pm"], "is no time of day"),
        (["--hours", "mon 09:00-12:00, mon 11:00-13:00"], "overlap on Monday"),
        (["--number", "7205550199"], "not a phone number in international form"),
        (["--zone", "America/Denvr"], "is not a time zone"),
        (["--currency", "CHF"], "expected one of USD"),
        (["--country", "USA"], "two letters"),
        (["--feed", &no_feed], "is no inventory"),
        (["--feed", "/nowhere/feed.csv"], "cannot read /nowhere/feed.csv"),
    ] {
        let args = if more[0] == "--hours" { ANN.to_vec() } else { [&WEEK[..], &ANN].concat() };
        let args = [&args[..], &more].concat();
        let refused = match more[0] {
            "--zone" => terminal.run(&[&["dealership", "create", "--name", "Bear Creek Auto"], &args[..]].concat()),
            _ => terminal.create(&args),
        };
        assert!(!refused.status.success());
        assert!(complained(&refused).contains(expected), "{more:?}: {}", complained(&refused));
    }
    let boss = terminal.create(&[&WEEK[..], &["--user", "ann@bearcreek.example", "Ann Lee", "boss"]].concat());
    assert!(complained(&boss).contains("expected one of platform_owner, admin"), "{}", complained(&boss));
    let none = terminal.run(&["import", "inventory", &terminal.file("feed.csv", FEED)]);
    assert!(complained(&none).contains("there is no dealership yet"), "{}", complained(&none));
}

#[tokio::test]
async fn an_import_tells_every_row_and_fails_only_when_none_was_accepted() {
    let terminal = Terminal::new().await;
    assert!(terminal.create(&[&WEEK[..], &ANN].concat()).status.success());
    let feed = terminal.file("feed.csv", FEED);
    for (text, success, expected) in [
        (FEED.to_owned(), true, "2 accepted (2 new, 0 changed, 0 unchanged), 1 rejected"),
        (FEED.to_owned(), true, "2 accepted (0 new, 0 changed, 2 unchanged), 1 rejected"),
        (FEED.replace("52990", "51990"), true, "2 accepted (0 new, 1 changed, 1 unchanged), 1 rejected"),
        // The stock number of one and the VIN of the other.
        (
            FEED.replace("K1,1M8GDM9AXKP042788", "K1,11111111111111111").replace("K2,11111111111111111", "K9,"),
            false,
            "0 accepted (0 new, 0 changed, 0 unchanged), 3 rejected\n  line 2: rejected: its VIN and its stock number",
        ),
        (FEED.lines().next().unwrap().to_owned(), false, "0 accepted (0 new, 0 changed, 0 unchanged), 0 rejected"),
    ] {
        std::fs::write(Path::new(&feed), text).unwrap();
        let imported = terminal.run(&["import", "inventory", &feed]);
        assert_eq!(imported.status.success(), success, "{}{}", said(&imported), complained(&imported));
        assert!(said(&imported).contains(expected), "{}", said(&imported));
    }
}

#[tokio::test]
async fn the_doctor_finds_a_strong_role_and_a_foreign_key() {
    let terminal = Terminal::new().await;
    assert!(terminal.create(&[&WEEK[..], &ANN, &["--number", "+17205550199"]].concat()).status.success());
    let doctor = |change: &dyn Fn(&mut Command)| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
        command.arg("doctor").env("DATABASE_URL", terminal.database.app_url()).env("FORECOURT_SECRET_KEY", SECRET);
        change(command.env_remove("FORECOURT_CONFIG").env_remove("DATABASE_OWNER_URL"));
        let output = command.output().unwrap();
        assert!(!output.status.success(), "{}", said(&output));
        said(&output)
    };
    let owner = doctor(&|command| {
        command.env("DATABASE_URL", terminal.database.owner_url());
    });
    assert!(owner.contains("FAIL  the app role forecourt_owner is the owner of tables"), "{owner}");
    let other_key = doctor(&|command| {
        command.env("FORECOURT_SECRET_KEY", "another-key-another-key-another-key");
    });
    assert!(other_key.contains("FAIL  the secret key does not open: simulated "), "{other_key}");
    let no_key = doctor(&|command| {
        command.env_remove("FORECOURT_SECRET_KEY");
    });
    assert!(no_key.contains("FAIL  FORECOURT_SECRET_KEY is not set"), "{no_key}");
    let nobody = doctor(&|command| {
        command.env("DATABASE_URL", "postgres://forecourt_app@127.0.0.1:1/forecourt");
    });
    assert!(nobody.contains("FAIL  the database is out of reach"), "{nobody}");
    assert!(nobody.contains("connection refused"), "{nobody}");
}

#[tokio::test]
async fn switches_caps_and_own_policies_are_worked_from_the_command_line() {
    let terminal = Terminal::new().await;
    assert!(terminal.create(&[&WEEK[..], &ANN].concat()).status.success());
    let ann = ["--user", "ann@bearcreek.example"];
    let run = |args: &[&str]| terminal.run(&[args, &ann].concat());

    let paused = run(&["ai", "pause", "--channel", "sms", "--reason", "wrong prices"]);
    assert!(said(&paused).contains("paused"), "{}", complained(&paused));
    let status = said(&terminal.run(&["ai"]));
    assert!(status.contains("channel sms: paused since") && status.contains("by Ann: wrong prices"), "{status}");
    assert!(run(&["ai", "resume", "--channel", "sms"]).status.success());
    assert!(run(&["ai", "pause", "--group"]).status.success(), "she is an admin of the whole group");
    assert!(run(&["ai", "resume", "--group"]).status.success());
    assert!(said(&terminal.run(&["ai", "status"])).lines().all(|line| line.ends_with(": on")));
    let unknown = terminal.run(&["ai", "pause", "--user", "bob@bearcreek.example"]);
    assert!(complained(&unknown).contains("there is no user"), "{}", complained(&unknown));

    let caps = said(&run(&["ai", "caps", "--tokens", "1000", "--spend-cents", "500"]));
    assert!(caps.contains("\"daily_token_cap\": 1000") && caps.contains("\"daily_spend_cap_minor\": 500"), "{caps}");
    let mut priceless = terminal.command(&["ai", "caps", "--spend-cents", "600"]);
    let refused = priceless.args(ann).env("FORECOURT_MODEL", "some-model").output().unwrap();
    assert!(complained(&refused).contains("FORECOURT_MODEL_PRICE_INPUT"), "{}", complained(&refused));
    let doctor = terminal.command(&["doctor"]).env("FORECOURT_MODEL", "some-model").output().unwrap();
    assert!(said(&doctor).contains("only acknowledges") && !doctor.status.success(), "{}", said(&doctor));

    let forbid = r#"@id("a") @reason("r") @on_forbid("deny") forbid (principal, action, resource);"#;
    let (good, bad) = (
        terminal.file("good.cedar", forbid),
        terminal.file("bad.cedar", &format!("\n{}", forbid.replace("forbid (", "permit ("))),
    );
    assert!(terminal.run(&["policies", "validate", &good]).status.success());
    let wrong = terminal.run(&["policies", "validate", &bad]);
    assert!(!wrong.status.success() && said(&wrong).contains("bad.cedar:2: "), "{}", said(&wrong));
    assert!(said(&run(&["policies", "store", &good, "--note", "first"])).contains("version 1 is stored"));
    assert!(said(&run(&["policies", "activate", "1"])).contains("version 1 is in force"));
    assert!(said(&terminal.run(&["policies", "list"])).contains("1  in force"));
    assert_eq!(said(&terminal.run(&["policies", "show", "1"])).trim(), forbid);
    let other = run(&["policies", "rollback", "2"]);
    assert!(!other.status.success() && complained(&other).contains("changed meanwhile"), "{}", complained(&other));
    assert!(said(&run(&["policies", "rollback", "1"])).contains("the built-in policies alone are in force"));
}

#[tokio::test]
async fn a_second_dealership_joins_a_group_and_one_switch_binds_both() {
    let terminal = Terminal::new().await;
    assert!(terminal.create(&[&WEEK[..], &ANN].concat()).status.success());
    let listed = said(&terminal.run(&["dealership", "list"]));
    let group = listed.split_whitespace().nth(1).unwrap();
    let create = |name: &str, group: &str| {
        let args = ["dealership", "create", "--name", name, "--zone", "America/Denver", "--group", group];
        terminal.run(&[&args[..], &WEEK, &ANN].concat())
    };
    let nowhere = create("Lost Cars", "01941f29-7c00-7000-8000-000000000001");
    assert!(complained(&nowhere).contains("the group"), "{}", complained(&nowhere));
    assert!(create("Elk Creek Cars", group).status.success());
    let listed = said(&terminal.run(&["dealership", "list"]));
    assert_eq!(listed.matches("group ").count(), 1, "{listed}");
    assert!(listed.contains("Elk Creek Cars") && !listed.contains("Lost Cars"), "{listed}");
    let here = ["--user", "ann@bearcreek.example", "--dealership", "Elk Creek Cars"];
    let paused = terminal.run(&[&["ai", "pause", "--group"][..], &here].concat());
    assert!(paused.status.success(), "{}", complained(&paused));
    for name in ["Elk Creek Cars", "Bear Creek Auto"] {
        let status = said(&terminal.run(&["ai", "status", "--dealership", name]));
        assert!(status.contains("group: paused"), "{name}: {status}");
    }
}

#[tokio::test]
async fn an_operator_makes_links_invites_suspends_and_shuts_people_out() {
    let terminal = Terminal::new().await;
    assert!(terminal.create(&[&WEEK[..], &ANN].concat()).status.success());
    let done = |args: &[&str]| {
        let output = terminal.run(args);
        assert!(output.status.success(), "{args:?}: {}", complained(&output));
        said(&output)
    };
    let link = done(&["user", "password", "ann@bearcreek.example"]);
    assert!(link.contains("/console/password?token="), "{link}");
    assert!(done(&["user", "list"]).contains("has no password yet"));
    let link = done(&["user", "invite", "bo@bearcreek.example", "Bo Diaz", "salesperson"]);
    assert!(link.contains("/console/password?token="), "{link}");
    assert!(done(&["mail", "list"]).contains("there is no mail"), "production has no mail server here");
    // The same with a mail server: the mail waits for the outbox role, and says the link that was printed.
    let with_mail = |args: &[&str]| {
        let mut command = terminal.command(args);
        command
            .env("FORECOURT_SMTP_URL", "smtp://127.0.0.1:9")
            .env("FORECOURT_MAIL_FROM", "Forecourt <f@cars.example>");
        said(&command.output().unwrap())
    };
    let link = with_mail(&["user", "invite", "bo@bearcreek.example", "Bo Diaz", "salesperson"]);
    let mails = with_mail(&["mail", "list"]);
    assert!(
        mails.contains("invitation") && mails.contains("bo@bearcreek.example") && mails.contains("waits"),
        "{mails}"
    );
    let mail = with_mail(&["mail", "show", mails.split_whitespace().next().unwrap()]);
    assert!(mail.contains("Subject: Your invitation to Bear Creek Auto") && mail.contains(link.trim()), "{mail}");
    assert!(done(&["user", "assign", "ann@bearcreek.example", "platform_owner"]).contains("is platform_owner"));
    let refused = terminal.run(&["user", "invite", "cy@bearcreek.example", "Cy", "platform_owner"]);
    assert!(complained(&refused).contains("user assign"), "{}", complained(&refused));
    assert!(done(&["dealership", "suspend", "Bear Creek Auto"]).contains("is suspended"));
    assert!(done(&["dealership", "resume", "Bear Creek Auto"]).contains("is at work"));
    assert!(done(&["user", "disable", "ann@bearcreek.example"]).contains("is disabled"));
    let refused = terminal.run(&["user", "password", "ann@bearcreek.example"]);
    assert!(complained(&refused).contains("whose account may be used"), "{}", complained(&refused));
    assert!(done(&["user", "enable", "ann@bearcreek.example"]).contains("may sign in again"));
    let nobody = terminal.run(&["user", "password", "nobody@bearcreek.example"]);
    assert!(!nobody.status.success());
}
