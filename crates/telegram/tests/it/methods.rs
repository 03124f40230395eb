//! What we send, read and written again by another implementation of the Bot API: nothing may get lost on the way.

use frankenstein::methods as theirs;
use hamdam_telegram::markup::{InlineButton, InlineKeyboard, LinkPreview, Press, ReplyParameters};
use hamdam_telegram::member::GetChatMember;
use hamdam_telegram::method::{
    AnswerCallbackQuery, ChatAction, Command, CopyMessage, CopyMessages, DeleteMessage, DeleteMessages,
    DeleteWebhook, EditMessageCaption, EditMessageMedia, EditMessageReplyMarkup, EditMessageText, GetUpdates,
    Json, SendChatAction, SendMessage, SetMessageReaction, SetMyCommands, SetMyDescription, SetMyName,
    SetMyShortDescription, SetWebhook,
};
use hamdam_telegram::payment::{
    AnswerPreCheckoutQuery, CreateInvoiceLink, EditUserStarSubscription, Invoice, LabeledPrice,
    RefundStarPayment, STARS, SendInvoice,
};
use hamdam_telegram::update::ReactionType;
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A field that they do not know, or of another type than theirs, would be missing or fail here.
fn agrees<Theirs: Serialize + DeserializeOwned>(ours: impl Serialize) {
    let ours = serde_json::to_value(ours).unwrap();
    let theirs: Theirs =
        serde_json::from_value(ours.clone()).unwrap_or_else(|error| panic!("{ours}: {error}"));
    assert_eq!(serde_json::to_value(theirs).unwrap(), ours);
}

fn bold() -> Option<Json> {
    Json::new(r#"[{"type":"bold","offset":0,"length":1}]"#.into())
}

fn keyboard() -> InlineKeyboard {
    let button = |text: &str, does| InlineButton { text: text.into(), does };
    let (data, url) = (Press::Data("next:1".into()), Press::Url("https://t.me/hamdam".into()));
    InlineKeyboard { inline_keyboard: vec![vec![button("Next", data), button("Open", url)]] }
}

const REPLY: ReplyParameters = ReplyParameters { message_id: 5, allow_sending_without_reply: true };

#[test]
fn messages() {
    agrees::<theirs::SendMessageParams>(SendMessage {
        chat_id: 7,
        text: "x".into(),
        entities: bold(),
        link_preview_options: Some(LinkPreview { is_disabled: true }),
        protect_content: true,
        reply_parameters: Some(REPLY),
        reply_markup: Some(keyboard()),
    });
    agrees::<theirs::CopyMessageParams>(CopyMessage {
        chat_id: 7,
        from_chat_id: 8,
        message_id: 9,
        reply_parameters: Some(REPLY),
        protect_content: true,
    });
    agrees::<theirs::CopyMessagesParams>(CopyMessages {
        chat_id: 7,
        from_chat_id: 8,
        message_ids: vec![9, 11],
        protect_content: true,
    });
    agrees::<theirs::DeleteMessageParams>(DeleteMessage { chat_id: 7, message_id: 9 });
    agrees::<theirs::DeleteMessagesParams>(DeleteMessages { chat_id: 7, message_ids: vec![9, 11] });
    for reaction in [vec![], vec![ReactionType::Emoji { emoji: "👍".into() }]] {
        agrees::<theirs::SetMessageReactionParams>(SetMessageReaction {
            chat_id: 7,
            message_id: 9,
            reaction,
        });
    }
}

#[test]
fn edits() {
    agrees::<theirs::EditMessageTextParams>(EditMessageText {
        chat_id: 7,
        message_id: 9,
        text: "x".into(),
        entities: bold(),
        reply_markup: Some(keyboard()),
    });
    agrees::<theirs::EditMessageCaptionParams>(EditMessageCaption {
        chat_id: 7,
        message_id: 9,
        caption: "x".into(),
        caption_entities: bold(),
    });
    let media = r#"{"type":"photo","media":"id","caption":"c","has_spoiler":true}"#;
    agrees::<theirs::EditMessageMediaParams>(EditMessageMedia {
        chat_id: 7,
        message_id: 9,
        media: Json::new(media.into()).unwrap(),
    });
    agrees::<theirs::EditMessageReplyMarkupParams>(EditMessageReplyMarkup {
        chat_id: 7,
        message_id: 9,
        reply_markup: Some(keyboard()),
    });
}

#[test]
fn answers_and_actions() {
    agrees::<theirs::AnswerCallbackQueryParams>(AnswerCallbackQuery {
        callback_query_id: "q".into(),
        text: Some("over".into()),
    });
    for action in [
        ChatAction::Typing,
        ChatAction::UploadPhoto,
        ChatAction::UploadVideo,
        ChatAction::UploadVoice,
        ChatAction::UploadDocument,
    ] {
        agrees::<theirs::SendChatActionParams>(SendChatAction { chat_id: 7, action });
    }
}

#[test]
fn payments() {
    let invoice = || Invoice {
        title: "Premium".into(),
        description: "30 days".into(),
        payload: "premium:30:5".into(),
        provider_token: "",
        currency: STARS,
        prices: [LabeledPrice { label: "Premium".into(), amount: 5 }],
    };
    agrees::<theirs::SendInvoiceParams>(SendInvoice { chat_id: 7, invoice: invoice() });
    agrees::<theirs::CreateInvoiceLinkParams>(CreateInvoiceLink {
        invoice: invoice(),
        subscription_period: Some(CreateInvoiceLink::MONTH),
    });
    agrees::<theirs::AnswerPreCheckoutQueryParams>(AnswerPreCheckoutQuery {
        pre_checkout_query_id: "q".into(),
        ok: false,
        error_message: Some("no".into()),
    });
    agrees::<theirs::RefundStarPaymentParams>(RefundStarPayment {
        user_id: 7,
        telegram_payment_charge_id: "c".into(),
    });
    agrees::<theirs::EditUserStarSubscriptionParams>(EditUserStarSubscription {
        user_id: 7,
        telegram_payment_charge_id: "c".into(),
        is_canceled: true,
    });
    let link = InlineButton { text: "Pay".into(), does: Press::Url("https://t.me/$x".into()) };
    agrees::<frankenstein::types::InlineKeyboardButton>(link);
}

#[test]
fn settings() {
    agrees::<theirs::SetWebhookParams>(SetWebhook {
        url: "https://example.org/telegram/1".into(),
        secret_token: SecretString::from("s"),
        max_connections: 100,
        allowed_updates: hamdam_telegram::update::ALLOWED_UPDATES.to_vec(),
        drop_pending_updates: true,
    });
    agrees::<theirs::DeleteWebhookParams>(DeleteWebhook { drop_pending_updates: false });
    agrees::<theirs::GetUpdatesParams>(GetUpdates {
        offset: Some(3),
        limit: 100,
        timeout: 25,
        allowed_updates: hamdam_telegram::update::ALLOWED_UPDATES.to_vec(),
    });
    agrees::<theirs::SetMyNameParams>(SetMyName { name: "Hamdam".into(), language_code: Some("fa") });
    agrees::<theirs::SetMyDescriptionParams>(SetMyDescription {
        description: "x".into(),
        language_code: Some("fa"),
    });
    agrees::<theirs::SetMyShortDescriptionParams>(SetMyShortDescription {
        short_description: "x".into(),
        language_code: Some("fa"),
    });
    agrees::<theirs::SetMyCommandsParams>(SetMyCommands {
        commands: vec![Command { command: "search", description: "Find".into() }],
        language_code: Some("fa"),
    });
}

#[test]
fn nothing_is_sent_for_what_is_not_set() {
    let plain = CopyMessage {
        chat_id: 7,
        from_chat_id: 8,
        message_id: 9,
        reply_parameters: None,
        protect_content: false,
    };
    let json = serde_json::to_value(plain).unwrap();
    assert_eq!(json.as_object().map(serde_json::Map::len), Some(3), "{json}");
    assert!(json.as_object().unwrap().values().all(|value| *value != Value::Null));
}

#[test]
fn members() {
    agrees::<theirs::GetChatMemberParams>(GetChatMember { chat_id: "@hamdam".into(), user_id: 7 });
}
