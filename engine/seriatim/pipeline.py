"""From a profile to the evidence: the six steps, in one readable function."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import to_json

from seriatim._version import __version__
from seriatim.compiled import Compiled, compile_knowledge, compiled_at
from seriatim.errors import DisagreementError, ProfileError, ProfileProblem
from seriatim.evidence.assembler import Assembler
from seriatim.inference.durable import DurableRules, EnvelopeError
from seriatim.inference.normalise import Normaliser
from seriatim.inference.reference import Reference
from seriatim.knowledge.locate import knowledge_root
from seriatim.model.evidence import EvidenceReport
from seriatim.model.profile import PatientProfile

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.inference.facts import Facts
    from seriatim.inference.normalise import Understood
    from seriatim.inference.program import Program
    from seriatim.inference.reference import Verdicts
    from seriatim.knowledge.draft import Draft
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.evidence import CourseCase
    from seriatim.model.rule import Observation


class Engine:
    """Answers look-ups over one knowledge base.

    Built once and shared: safe to use from several threads, after a fork and from asyncio (a
    look-up takes well under a millisecond and does not block on anything).
    """

    def __init__(self, knowledge: KnowledgeBase | Compiled) -> None:
        """Compile the rules of `knowledge`.

        Raises KnowledgeError if a rule cannot be compiled.
        """
        ready = knowledge if isinstance(knowledge, Compiled) else compile_knowledge(knowledge)
        # models are built when they are first used; here, before threads can share the engine
        PatientProfile.model_rebuild()
        EvidenceReport.model_rebuild()
        self.knowledge = ready.knowledge
        self.program = ready.program
        self._durable = DurableRules(self.program.flat, ready.plan)
        self._normaliser = Normaliser(self.knowledge, self.program)
        self._reference = Reference(self.program)
        self._assembler = Assembler(self.knowledge, self.program)

    @classmethod
    def default(cls) -> Engine:
        """An engine over the knowledge that is found without being told where."""
        return cls.at(None)

    @classmethod
    def at(cls, path: str | os.PathLike[str] | None) -> Engine:
        """An engine over the knowledge under `path` (see `knowledge_root`).

        Raises KnowledgeError with every diagnostic of severity error, KnowledgeNotFoundError if
        there is none.
        """
        return cls(compiled_at(knowledge_root(path)))

    @property
    def cases(self) -> Mapping[str, CourseCase]:
        """Every published course of the library by its id."""
        return self._assembler.cases

    def look_up(self, profile: PatientProfile | Mapping[str, Any]) -> EvidenceReport:
        """The published patients that resemble this one, with the reason for each.

        Raises ProfileError if the profile cannot be understood, DisagreementError if the two
        engines do not agree.
        """
        profile, understood = self._understand(profile)
        fired = self._infer(understood.facts)
        verdicts = self._reference.evaluate(understood.facts)
        self._agree(fired, verdicts)
        given = given_of(profile)
        report_id = _report_id(given, self.knowledge.hash)
        return self._assembler.assemble(report_id, __version__, given, understood, verdicts)

    def problems(self, profile: PatientProfile | Mapping[str, Any]) -> tuple[ProfileProblem, ...]:
        """Everything for which `look_up` would refuse this profile."""
        try:
            self._understand(profile)
        except ProfileError as error:
            return error.problems
        return ()

    def _understand(
        self, given: PatientProfile | Mapping[str, Any]
    ) -> tuple[PatientProfile, Understood]:
        try:
            profile = parse_profile(given, self.knowledge.vocabulary.observations)
        except ProfileError as error:
            raise ProfileError((*error.problems, *self._beside(given, error))) from None
        return profile, self._normaliser.understand(profile)

    def _beside(self, given: Any, error: ProfileError) -> Iterator[ProfileProblem]:
        """What is wrong with the fields that are of the right form, beside those that are not."""
        if not isinstance(given, Mapping):
            return
        from seriatim.knowledge.problems import Rest  # noqa: PLC0415 - bad input only

        rest = Rest(given, error.problems)
        if rest.profile != given:
            yield from map(rest.as_given, self.problems(rest.profile))

    def _infer(self, facts: Facts) -> set[int]:
        """The ground rules that durable-rules fires, stratum by stratum."""
        program, true = self.program, facts.true
        held: set[int] = set()
        for stratum, owners in enumerate(program.flat_owner):
            known = true
            for flat in self._durable.fire(stratum, known, facts.false & ~known, facts.numbers):
                held.add(owners[flat])
                true |= program.concludes[owners[flat]]
        return held

    def _agree(self, fired: set[int], verdicts: Verdicts) -> None:
        checked = set(verdicts.holds)
        if fired != checked:
            rules = self.program.rules
            raise DisagreementError(
                sorted(rules[index].label for index in fired - checked),
                sorted(rules[index].label for index in checked - fired),
            )


def parse_profile(
    given: object, observations: Mapping[str, Observation] | None = None
) -> PatientProfile:
    """A profile from a mapping of its JSON names; `observations` are those that rules ask for.

    Raises ProfileError with every field that is wrong.
    """
    if isinstance(given, PatientProfile):
        return given
    if not isinstance(given, Mapping):
        found = f"keys with values are wanted, not {type(given).__name__}"
        raise ProfileError([ProfileProblem("profile", found)])
    try:
        return PatientProfile.model_validate(dict(given))
    except ValidationError as error:
        from seriatim.knowledge.problems import problems_of  # noqa: PLC0415 - bad input only

        raise ProfileError(problems_of(error, PatientProfile, given, observations or {})) from None


def given_of(profile: PatientProfile) -> dict[str, Any]:
    """The profile as plain data without what was not said; the same for every spelling of it."""
    given = profile.model_dump(mode="json", exclude_defaults=True)
    if profile.observations:
        given["observations"] = dict(sorted(profile.observations.items()))
    return given


def check(path: str | os.PathLike[str] | None = None) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the knowledge under `path`, files and rules together.

    While a file has an error, the others are checked as far as they do not hang on it.
    """
    from seriatim.knowledge.load import build, read_and_check  # noqa: PLC0415 - not for a look-up

    draft, diagnostics = read_and_check(path)
    faulty = {each.path for each in diagnostics if each.severity == "error"}
    found = _rules_in_part(draft, faulty) if faulty else _rules(build(draft))
    return tuple(sorted({*diagnostics, *found}, key=lambda d: (d.path, d.line, d.column, d.code)))


def _rules(knowledge: KnowledgeBase) -> tuple[Diagnostic, ...]:
    from seriatim.inference.compiler import compile_rules  # noqa: PLC0415

    program, found = compile_rules(knowledge)
    return found or _fits(program, knowledge)


def _rules_in_part(draft: Draft, faulty: set[str]) -> tuple[Diagnostic, ...]:
    from seriatim.inference.partly import check_rules, read_only  # noqa: PLC0415
    from seriatim.knowledge.draft import VOCABULARY  # noqa: PLC0415
    from seriatim.knowledge.load import build, build_for_reading  # noqa: PLC0415

    words = build_for_reading(draft)
    if words is None:
        return ()
    if all(each.startswith("rules/") and each != VOCABULARY for each in faulty):
        return check_rules(draft, build(draft), faulty)
    return read_only(draft, words)


def _fits(program: Program, knowledge: KnowledgeBase) -> tuple[Diagnostic, ...]:
    from seriatim.inference.compiler import envelope_problem  # noqa: PLC0415

    try:
        DurableRules(program.flat)
    except EnvelopeError as error:
        return (envelope_problem(error, knowledge),)
    return ()


def _report_id(given: dict[str, Any], knowledge_hash: str) -> str:
    return f"sha256:{sha256(to_json([given, knowledge_hash])).hexdigest()}"
