//! Files as parameters: a `file_id` of this bot, or an upload.

use super::super::content::Kind;
use super::super::world::file::recognize;
use super::super::world::message::FileNumber;
use super::{Args, Ctx, Refusal};

const LARGEST_PHOTO: usize = 10 << 20;
/// So much is remembered of what a bot made itself: enough for its documents, and little beside a world of messages.
const LARGEST_KEPT: usize = 1 << 20;

/// The kind that a method or an `InputMedia` of this name sends.
pub(super) fn kind_named(name: &str) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.is_file() && kind.field() == name)
}

/// The file that a parameter names.
pub(super) fn file(
    ctx: &mut Ctx<'_>,
    args: &Args,
    parameter: &str,
    kind: Kind,
) -> Result<FileNumber, Refusal> {
    match args.text(parameter) {
        Some(reference) => referred(ctx, args, reference, kind),
        None => uploaded(ctx, args, parameter, kind),
    }
}

/// The file that a text refers to: a `file_id`, or `attach://` and the name of an upload.
pub(super) fn referred(
    ctx: &mut Ctx<'_>,
    args: &Args,
    reference: &str,
    kind: Kind,
) -> Result<FileNumber, Refusal> {
    if let Some(name) = reference.strip_prefix("attach://") {
        return uploaded(ctx, args, name, kind);
    }
    if reference.starts_with("http://") || reference.starts_with("https://") {
        return Err(Refusal::bad("failed to get HTTP URL content"));
    }
    // What the real server says to another bot's file_id is not established.
    let (found, file) = ctx
        .shared
        .files
        .open(ctx.bot.id, reference)
        .ok_or_else(|| Refusal::wrong("wrong file identifier/HTTP URL specified"))?;
    if found == kind || (found == Kind::Animation && kind == Kind::Document) {
        Ok(file)
    } else {
        Err(Refusal::wrong(format!("can't use file of type {} as {}", found.field(), kind.field())))
    }
}

fn uploaded(ctx: &mut Ctx<'_>, args: &Args, name: &str, kind: Kind) -> Result<FileNumber, Refusal> {
    let upload =
        args.upload(name).ok_or_else(|| Refusal::wrong(format!("there is no {name} in the request")))?;
    if upload.content.is_empty() {
        return Err(Refusal::wrong("file must be non-empty"));
    }
    if kind == Kind::Photo && upload.content.len() > LARGEST_PHOTO {
        return Err(Refusal::wrong("file is too big for a photo"));
    }
    // What was downloaded here and comes back is the same file, so a relay by upload can be followed.
    if let Some(file) = recognize(&upload.content) {
        return Ok(file);
    }
    let file = ctx.shared.new_file();
    let size = u64::try_from(upload.content.len()).unwrap_or(u64::MAX);
    ctx.shared.file_sizes.insert(file, size);
    if upload.content.len() <= LARGEST_KEPT {
        ctx.shared.made_files.insert(file, upload.content.clone());
    }
    Ok(file)
}
