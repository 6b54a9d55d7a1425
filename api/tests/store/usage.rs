//! The records behind a figure: asked for by what they were added up by, and found by an index.

use crate::{
    both,
    support::{database::Place, rows},
};
use quarterdeck::{
    costs::gather,
    store::{Row, Store},
};
use quarterdeck_shared::{
    agents::{Agent, Role},
    costs::{CostsBy, CostsQuery},
    usage::UsageQuery,
};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

/// Agents in four folders, and records of each in every role.
async fn filled(place: &Place) -> Store {
    let store = place.open().await;
    let folders = ["/home/ada/app", "/home/bob/app", "/home/ada/App", "/home/ada/an_app"];
    let agents = (0..10).map(|number| {
        let working_directory = folders[number as usize % folders.len()].to_owned();
        Row::Agent(Box::new(Agent { working_directory, ..rows::agent(number) }))
    });
    store.commit(rows::rows(agents)).await.unwrap();
    let records = (0..80).map(|number| Row::Usage(rows::record(number).into()));
    store.commit(rows::rows(records)).await.unwrap();
    store
}

async fn listed(store: &Store, query: UsageQuery) -> u64 {
    let query = UsageQuery { limit: Some(3), ..query };
    let (mut found, mut cursor) = (0, None);
    loop {
        let page = store.usage(&UsageQuery { cursor, ..query.clone() }).await.unwrap();
        found += page.items.len() as u64;
        if page.next_cursor.is_none() {
            assert_eq!(page.total.value(), found);
            return found;
        }
        cursor = page.next_cursor;
    }
}

both! {
    async fn every_group_of_costs_opens_to_as_many_records_as_it_says(place: &Place) {
        let store = filled(place).await;
        for by in [CostsBy::Project, CostsBy::Role, CostsBy::Model] {
            let groups = gather(&store, &CostsQuery { by: Some(by), ..CostsQuery::default() }).await.unwrap().groups;
            assert!(groups.len() > 1);
            for group in groups {
                let key = Some(group.key.clone());
                let query = match by {
                    CostsBy::Project => UsageQuery { project: key, ..UsageQuery::default() },
                    CostsBy::Role => UsageQuery { role: group.key.parse().ok(), ..UsageQuery::default() },
                    _ => UsageQuery { model: key, ..UsageQuery::default() },
                };
                assert_eq!(listed(&store, query).await, group.sum.records, "{by} {}", group.key);
            }
        }
        store.close().await;
    }

    async fn a_project_is_a_folder_or_the_last_part_of_one(place: &Place) {
        let store = filled(place).await;
        for (project, records) in [("/home/ada/app", 24), ("app", 48), ("App", 16), ("an_app", 16), ("p", 0), ("%", 0)] {
            let query = UsageQuery { project: Some(project.into()), ..UsageQuery::default() };
            assert_eq!(listed(&store, query).await, records, "{project}");
            let query = CostsQuery { project: Some(project.into()), ..CostsQuery::default() };
            assert_eq!(gather(&store, &query).await.unwrap().total.records, records, "{project}");
        }
        let both = UsageQuery { project: Some("app".into()), role: Some(Role::Custom), ..UsageQuery::default() };
        let all = (0..80).filter(|number| number % 10 % 4 < 2 && Role::ALL[number % 8] == Role::Custom);
        assert_eq!(listed(&store, both).await, all.count() as u64);
        store.close().await;
    }
}

/// Records that are asked for page by page are not walked over one by one.
#[tokio::test]
async fn the_records_of_a_role_or_a_project_are_found_by_an_index() {
    let place = Place::sqlite();
    filled(&place).await.close().await;
    let look = place.look().await;
    let of_project = "agent_id IN (SELECT id FROM agents WHERE working_directory = '/home/ada/app')";
    for (filter, index) in [
        ("role <> 'CUSTOM' AND role = 'BUILDER'", "usage_of_role"),
        ("role = 'CUSTOM'", "usage_by_time"),
        (of_project, "usage_"),
    ] {
        let query = format!(
            "EXPLAIN QUERY PLAN SELECT id FROM usage_records WHERE {filter} ORDER BY at DESC, id DESC LIMIT 51"
        );
        let steps = look.query_all_raw(Statement::from_string(DbBackend::Sqlite, query)).await.unwrap();
        let steps: Vec<_> = steps.iter().map(|step| step.try_get_by_index::<String>(3).unwrap()).collect();
        assert!(steps.iter().any(|step| step.contains("usage_records") && step.contains(index)), "{steps:?}");
        assert!(!steps.iter().any(|step| step == "SCAN usage_records"), "{steps:?}");
    }
    look.close().await.unwrap();
}
