//! The schema comes into being whoever asks for it, and however often.

use hamdam_archive::{Archive, ArchiveError};

use crate::backend::Backend;

#[tokio::test]
async fn several_at_once_apply_it_once() {
    for backend in Backend::both("at_once").await {
        let instances: Vec<Archive> = (0..4).map(|_| backend.open()).collect();
        let runs = instances.iter().map(Archive::migrate);
        let applied = join(runs).await.into_iter().map(Result::unwrap).sum::<usize>();
        assert_eq!(applied, written().len(), "each migration by one instance");
        let noted = backend.sql("SELECT version, name FROM hamdam_migrations ORDER BY version").await;
        assert_eq!(noted, written(), "each file in the folders is one that the binary carries");
        assert!(instances[0].schema().await.unwrap().suffices());
    }
}

/// The migrations as their files are named, version and name, in order; each exists in both dialects.
pub(crate) fn written() -> Vec<String> {
    let [mysql, sqlite] = ["mysql", "sqlite"].map(|dialect| {
        let folder = format!("{}/../../migrations/{dialect}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|file| {
                let (version, name) = file.strip_suffix(".sql").unwrap().split_once('_').unwrap();
                format!("{}\t{name}", version.parse::<i64>().unwrap())
            })
            .collect();
        names.sort_by_key(|name| name.split('\t').next().unwrap().parse::<i64>().unwrap());
        names
    });
    assert_eq!(mysql, sqlite);
    mysql
}

/// All of them under way at once.
async fn join<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = futures.map(Box::pin).collect();
    let mut answers = Vec::new();
    std::future::poll_fn(move |context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                answers.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() {
            std::task::Poll::Ready(std::mem::take(&mut answers))
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}

#[tokio::test]
async fn one_that_broke_off_half_way_is_finished_by_the_next() {
    for backend in Backend::both("half").await {
        let archive = backend.migrated().await;
        backend.sql("DROP TABLE reports").await;
        backend.sql("DROP TABLE messages").await;
        backend.sql("DROP TABLE user_wishes").await;
        backend.sql("DROP TABLE arrivals").await;
        backend.sql("DELETE FROM hamdam_migrations").await;
        assert_eq!(archive.migrate().await.unwrap(), written().len());
        assert_eq!(archive.counts().await.unwrap().messages, 0);
    }
}

#[tokio::test]
async fn an_edited_migration_is_refused_and_named() {
    for backend in Backend::both("edited").await {
        let archive = backend.migrated().await;
        backend.sql("UPDATE hamdam_migrations SET checksum = 'other'").await;
        let error = archive.migrate().await.unwrap_err();
        assert!(matches!(error, ArchiveError::Edited { version: 1 }), "{error:?}");
        assert!(error.to_string().contains("migration 1"), "{error}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_left_as_it_is() {
    for backend in Backend::both("newer").await {
        let archive = backend.migrated().await;
        backend
            .sql("INSERT INTO hamdam_migrations (version, name, checksum) VALUES (999, 'later', 'x')")
            .await;
        assert_eq!(archive.migrate().await.unwrap(), 0);
        assert!(archive.schema().await.unwrap().suffices());
    }
}
