//! Payments and returns: rows that tell the same in whatever order the facts come.

use hamdam_archive::{Directory, Ledger, StoredPayment};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::premium::{Charge, Credit, Grant, Payment};
use hamdam_domain::profile::Language;

use crate::backend::{Backend, at, profile};

const PAYER: UserId = UserId(11);

fn payment(charge: &str, days: u16) -> Payment {
    let charge = Charge::new(charge).unwrap();
    Payment { charge, user: PAYER, bot: BotId(7), stars: 150, days, monthly: days == 30 }
}

#[tokio::test]
async fn a_payment_and_its_return_commute_and_count_once() {
    for backend in Backend::both("payments").await {
        let archive = backend.migrated().await;
        let paid = Fact::Paid { payment: payment("stx1", 30), at: at(10) };
        let later = Fact::Paid { payment: payment("stx1", 30), at: at(15) };
        let back = Fact::Returned { payment: payment("stx1", 30), at: at(20) };
        let expected = format!("stx1\t11\t7\t150\t30\t1\t{}\t{}", at(10).0, at(20).0);
        for order in [[&paid, &later, &back], [&back, &later, &paid], [&later, &paid, &back]] {
            backend.sql("DELETE FROM payments").await;
            for fact in order.into_iter().chain(order) {
                archive.write(std::slice::from_ref(fact)).await.unwrap();
            }
            assert_eq!(backend.sql("SELECT * FROM payments").await, std::slice::from_ref(&expected));
            backend.sql("DELETE FROM payments").await;
            let together: Vec<Fact> = order.into_iter().cloned().collect();
            archive.write(&together).await.unwrap();
            assert_eq!(backend.sql("SELECT * FROM payments").await, std::slice::from_ref(&expected));
        }
        archive.close().await;
    }
}

#[tokio::test]
async fn what_was_paid_is_read_back_with_its_user_and_by_its_charge() {
    for backend in Backend::both("credits").await {
        let archive = backend.migrated().await;
        let facts = [
            profile(11, 1, Language::En, 7),
            Fact::Paid { payment: payment("stx1", 30), at: at(10) },
            Fact::Paid { payment: payment("stx2", 7), at: at(20) },
            Fact::Returned { payment: payment("stx1", 30), at: at(30) },
        ];
        archive.write(&facts).await.unwrap();
        let known = archive.user(PAYER).await.unwrap().unwrap();
        let charge = |name: &str| Charge::new(name).unwrap();
        let given = Some(Grant { at: at(20), days: 7 });
        let credits =
            [Credit { charge: charge("stx1"), grant: None }, Credit { charge: charge("stx2"), grant: given }];
        assert_eq!(known.credits, credits);
        let stored = archive.payment(&charge("stx1")).await.unwrap();
        let (paid_at, returned_at) = (Some(at(10)), Some(at(30)));
        assert_eq!(stored, Some(StoredPayment { payment: payment("stx1", 30), paid_at, returned_at }));
        assert_eq!(archive.payment(&charge("stx3")).await.unwrap(), None);
        let told_late = Fact::Returned { payment: payment("stx4", 30), at: Millis(5) };
        archive.write(&[told_late]).await.unwrap();
        assert_eq!(archive.payment(&charge("stx4")).await.unwrap().unwrap().paid_at, None);
        archive.close().await;
    }
}
