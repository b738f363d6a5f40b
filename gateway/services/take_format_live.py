"""A mapping goes live with its samples or not at all: everything is proven on a copy, and put in place last."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Final

from gateway.adapters.mapping import Format, expectation_of, load_format
from gateway.adapters.samples import SampleResult, check_samples
from gateway.errors import ConfigurationError

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ENDINGS: Final = (".json", ".xml", ".csv")


@dataclass(frozen=True, kw_only=True)
class Ready:
    """
    A mapping whose samples all came out as expected, not yet in place.

    Args:
        folder: The creditors folder it goes to.
        mapping: The mapping file, *samples* its folder of samples.
    """

    slug: str
    format: Format
    results: tuple[SampleResult, ...]
    folder: File
    mapping: File
    samples: File

    def install(self) -> None:
        """
        Put samples and mapping in place, the mapping last, so that it never stands there without its samples.

        Raises:
            ConfigurationError: The folder cannot be written; what was there is still there.
        """
        try:
            _install(self)
        except OSError as problem:
            raise ConfigurationError(
                f"{self.folder} cannot be written ({problem.strerror}); nothing was changed. Copy the config folder to "
                "a place of your own and name it with --config."
            ) from None


def make_ready(mapping: File, samples: File, folder: File) -> Ready:
    """
    Prove a mapping on its samples.

    Args:
        folder: The creditors folder that it is to go to.

    Raises:
        ConfigurationError: A fault in the mapping, a sample that is not as expected, or samples that are missing: at
            least one statement and one other answer. The message says what to do.
    """
    slug = mapping.stem
    if _SLUG.fullmatch(slug) is None:
        raise ConfigurationError(
            f"{mapping.name}: call the file by small letters, digits and hyphens, such as my-bank.toml."
        )
    replies = _replies(samples, mapping)
    with tempfile.TemporaryDirectory() as place:
        copied = File(place) / "samples" / slug
        copied.mkdir(parents=True)
        for reply in replies:
            shutil.copy(reply, copied)
            shutil.copy(expectation_of(reply), copied)
        shutil.copy(mapping, File(place) / mapping.name)
        format = load_format(File(place) / mapping.name)
        results = check_samples(format)
    _refuse_differing(mapping, results)
    _refuse_one_sided(mapping, results)
    _refuse_silent_change(mapping, format, folder)
    return Ready(
        slug=slug,
        format=format,
        results=tuple(results),
        folder=folder,
        mapping=mapping.resolve(),
        samples=samples.resolve(),
    )


def _replies(samples: File, mapping: File) -> list[File]:
    found = sorted(it for it in samples.glob("*") if it.suffix in _ENDINGS and not it.name.endswith(".expected.json"))
    if not found:
        raise ConfigurationError(f"{samples} holds no sample replies; put them there, or name a folder with --samples.")
    bare = [it for it in found if not expectation_of(it).exists()]
    if bare:
        listed = "\n".join(f"  gateway creditor try {mapping} {it} --write-expected" for it in bare)
        raise ConfigurationError(
            f"Of {len(bare)} samples nobody said what must come out. When it is right, keep it:\n{listed}"
        )
    return found


def _refuse_differing(mapping: File, results: Sequence[SampleResult]) -> None:
    wrong = [
        f"  {it.name}: {difference}"
        for it in results
        for difference in it.differences or (it.difference,)
        if not it.passed
    ]
    if wrong:
        raise ConfigurationError("\n".join([f"{mapping.name}: not all samples come out as expected:", *wrong]))


def _refuse_one_sided(mapping: File, results: Sequence[SampleResult]) -> None:
    answers = {it.answer for it in results}
    if "statement" not in answers:
        raise ConfigurationError(f"{mapping.name}: there is no sample of an ordinary statement yet; add one.")
    if answers == {"statement"}:
        raise ConfigurationError(
            f"{mapping.name}: every sample is an ordinary statement. Add one of another answer: nothing owed, client "
            "unknown, refused, transferred, or one that must be held."
        )


def _refuse_silent_change(mapping: File, format: Format, folder: File) -> None:
    """Another mapping under the same id and version could not be told apart in what was read before."""
    standing = folder / mapping.name
    if not standing.exists() or standing.resolve() == mapping.resolve():
        return
    try:
        before = load_format(standing, need_samples=False)
    except ConfigurationError:
        return  # what stands there does not load: anything is better
    if before.sha256 != format.sha256 and (before.id, before.version) == (format.id, format.version):
        raise ConfigurationError(
            f"{mapping.name}: another mapping with version {format.version} is live; raise the version under [mapping]."
        )


def _install(ready: Ready) -> None:
    target, samples = ready.folder / f"{ready.slug}.toml", ready.folder / "samples" / ready.slug
    if samples.resolve() != ready.samples:
        (ready.folder / "samples").mkdir(exist_ok=True)
        fresh = File(tempfile.mkdtemp(prefix=f".{ready.slug}-", dir=ready.folder / "samples"))
        old = fresh.with_name(f"{fresh.name}-old")
        try:
            for reply in _replies(ready.samples, ready.mapping):
                shutil.copy(reply, fresh)
                shutil.copy(expectation_of(reply), fresh)
            fresh.chmod(0o755)
            if samples.exists():
                samples.rename(old)
            fresh.rename(samples)
            _put(ready.mapping, target)
        except OSError:
            if old.exists():
                shutil.rmtree(samples, ignore_errors=True)
                old.rename(samples)
            elif not target.exists():
                shutil.rmtree(samples, ignore_errors=True)
            raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    else:
        _put(ready.mapping, target)


def _put(mapping: File, target: File) -> None:
    if mapping == target.resolve():
        return
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(mapping.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        File(name).chmod(0o644)
        File(name).replace(target)
    finally:
        File(name).unlink(missing_ok=True)
