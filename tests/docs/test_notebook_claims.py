"""What notebooks 1 to 4 say in words is what their cells show: if the model changes, these tell which sentence to rewrite."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import bayesnet
from bayesnet.network import Network

Ask = Callable[..., float]


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def net() -> Network:
    """The flagship."""
    return bayesnet.load("back_pain")


@pytest.fixture(scope="module")
def p(net: Network) -> Ask:
    """P(... present | ...)."""
    return lambda question, **how: float(net.posterior(question, **how))


def odds(probability: float) -> float:
    """Odds."""
    return probability / (1 - probability)


# ---- 1 · First questions ----


def test_the_bars_of_metastasis_and_hyperparathyroidism_overlap_and_the_calcium_brings_in_the_rival(net: Network) -> None:
    """They come first and second; the calcium moves the metastasis hardly at all and the rival very much."""
    woman = net.case("age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia")
    first, second = list(woman.diagnoses())[:2]
    assert (first.diagnosis, second.diagnosis) == ("spinal_metastasis", "hyperparathyroidism")
    assert first.low < second.high
    ratios = {name: woman.weights(name).weights[-1].likelihood_ratio for name in ("spinal_metastasis", "hyperparathyroidism")}
    assert 0.5 < ratios["spinal_metastasis"] < 2.0
    assert ratios["hyperparathyroidism"] > 5.0


def test_the_fever_of_all_abscesses_is_more_than_that_of_an_abscess_alone(net: Network, p: Ask) -> None:
    """An infected vertebra beside it brings a fever of its own."""
    assert p("fever | epidural_abscess") > 1.5 * net.numbers["fever=present | epidural_abscess=present"].value
    assert p("vertebral_osteomyelitis | epidural_abscess") > 0.5


# ---- 2 · Red flags and base rates ----

CARD = {
    "any_malignancy": ["age_over_50", "night_pain", "failure_conservative_therapy", "cancer_history", "weight_loss"],
    "compression_fracture": ["age_over_70", "trauma", "corticosteroids", "contusion_abrasion"],
    "spinal_infection": ["immunosuppression", "iv_drug_use", "recent_spinal_procedure", "fever"],
    "cauda_equina_syndrome": ["neurological_deficit", "urinary_retention", "saddle_anesthesia"],
}
FLAGS = [(disease, flag) for disease, flags in CARD.items() for flag in flags]


def test_the_dangerous_causes_are_rarer_than_one_in_a_hundred(p: Ask) -> None:
    """As the text says, too."""
    assert p("major_four") < 0.01


def test_weight_loss_is_worth_four_times_as_much_as_pain_at_night(p: Ask) -> None:
    """One in five of the ill lost weight; pain at night is in most of the ill and nearly half of the well."""

    def ratio(flag: str) -> float:
        return p(f"{flag} | any_malignancy") / p(f"{flag} | !any_malignancy")

    assert p("weight_loss | any_malignancy") == pytest.approx(0.2, abs=0.03)
    assert p("night_pain | any_malignancy") > 0.6
    assert 0.4 < p("night_pain | !any_malignancy") < 0.5
    assert 5 < ratio("weight_loss") < 10
    assert 3 < ratio("weight_loss") / ratio("night_pain") < 5


def test_a_single_flag_leaves_the_disease_improbable_but_for_the_bruise(p: Ask) -> None:
    """More than nine in ten do not have what the flag warns of."""
    above = [flag for disease, flag in FLAGS if p(f"{disease} | {flag}") > 0.1]
    assert above == ["contusion_abrasion"]


def test_four_in_five_have_a_flag_and_nearly_all_of_the_ill(net: Network, p: Ask) -> None:
    """The rule of any flag finds the ill by sending nearly everybody."""
    none = ", ".join(f"!{flag}" for _, flag in FLAGS)
    assert 1 - net.probability(none) == pytest.approx(0.8, abs=0.03)
    assert 1 - net.probability(none, given="serious_spinal") > 0.94


def test_the_likelihood_ratio_of_fever_is_a_third_in_the_emergency_department(p: Ask) -> None:
    """There more of those with a sound spine have a fever, most of them from a kidney."""

    def ratio(setting: str) -> float:
        given = {"setting": setting}
        before, after = p("spinal_infection", given=given), p("spinal_infection", given={**given, "fever": "present"})
        return odds(after) / odds(before)

    assert ratio("emergency") / ratio("primary_care") == pytest.approx(1 / 3, abs=0.1)
    assert ratio("emergency") / ratio("spine_clinic") == pytest.approx(1 / 3, abs=0.1)
    assert p("pyelonephritis | setting=emergency, fever, !spinal_infection") > 0.5


def test_a_missing_flag_reassures_little(p: Ask) -> None:
    """Most values for cancer, fracture and infection lie between a half and one; those of the cauda equina below a half."""

    def missing(disease: str, flag: str) -> float:
        return (1 - p(f"{flag} | {disease}")) / (1 - p(f"{flag} | !{disease}"))

    others = [missing(disease, flag) for disease, flag in FLAGS if disease != "cauda_equina_syndrome"]
    assert sum(0.5 < value <= 1.0 for value in others) > 0.6 * len(others)
    assert all(missing("cauda_equina_syndrome", flag) < 0.5 for flag in CARD["cauda_equina_syndrome"])


def test_without_fever_the_suspicion_stays_and_half_the_abscesses_have_none(p: Ask) -> None:
    """Against the text, by which abscesses come with a fever."""
    user = "setting=emergency, iv_drug_use, neurological_deficit"
    assert 0.4 < p("fever | epidural_abscess") < 0.6
    assert p(f"spinal_infection | {user}, !fever") / p(f"spinal_infection | {user}") > 0.4
    assert p(f"spinal_infection | {user}, !fever") > 0.05


def test_naive_bayes_is_too_bold_about_blood_less_so_about_the_bladder_and_too_timid_about_proteins(net: Network, p: Ask) -> None:
    """From "probably" to "probably not"; the other way round where the signs share a cause in the ill only."""
    blood = net.case("fever, raised_esr, raised_crp, leukocytosis").ladder("spinal_infection")
    assert blood.naive > 0.66
    assert blood.posterior < 0.1
    bladder = net.case("urinary_retention, urinary_incontinence, bowel_incontinence").ladder("cauda_equina_syndrome")
    assert 1.5 < bladder.excess < 6.0
    assert blood.excess > 80.0
    assert net.case("m_protein, raised_globulin").ladder("multiple_myeloma").excess < 0.95
    well, ill = "!multiple_myeloma", "multiple_myeloma"
    assert p(f"raised_globulin | {well}, m_protein") == pytest.approx(p(f"raised_globulin | {well}"), rel=0.05)
    assert p(f"raised_globulin | {ill}, m_protein") > 1.1 * p(f"raised_globulin | {ill}")


def test_flags_alone_call_for_waiting_and_together_for_a_scan(net: Network) -> None:
    """Nearly all for waiting, one for an X-ray, one for an MRI; the woman of 74, the man of 55 near a border."""

    def best(given: str) -> str:
        return net.case(given).advise().best

    alone = {flag: best(flag) for _, flag in FLAGS}
    assert best("") == "conservative_care"
    assert [flag for flag, option in alone.items() if option == "urgent_mri"] == ["saddle_anesthesia"]
    assert [flag for flag, option in alone.items() if option == "xray_and_blood_tests"] == ["contusion_abrasion"]
    together = net.case("female, age_group=70-79, weight_loss, night_pain, failure_conservative_therapy")
    assert 0.2 < float(together.posterior("any_malignancy")) < 0.35
    assert together.advise().best == "urgent_mri"
    man = "age_group=50-59, !female, weight_loss"
    assert best(man) == "conservative_care"
    assert best(f"{man}, failure_conservative_therapy") == "urgent_mri"
    advice = net.case(man).advise()
    (serious,) = [threshold for threshold in advice.thresholds if threshold.state == "serious"]
    (now,) = [state.probability for state in advice.states if state.state == "serious"]
    assert serious.pieces[0][1] / now == pytest.approx(2.0, abs=0.4)
    assert "xray_and_blood_tests | other" in {bar.utility for bar in advice.turning}


# ---- 3 · Explaining away ----

WOMAN = "age_group=60-69, female"
FILM = f"{WOMAN}, lytic_lesions"
SEEN = f"{FILM}, anemia"


def _odds_ratio(net: Network, given: str) -> float:
    """How the odds of myeloma hang on a metastasis."""
    (a, b), (c, d) = net.case(given).frequencies("spinal_metastasis", "multiple_myeloma").probabilities
    return a * d / (b * c)


def test_the_film_opens_a_way_through_the_destruction_of_bone(net: Network) -> None:
    """All are closed before; of those after, the one that is short enough to be shown passes osteolysis."""
    before, after = (
        [path for path in net.case(f"{given}, spinal_metastasis").explain("multiple_myeloma").paths if path.open]
        for given in (WOMAN, FILM)
    )
    assert not [path for path in before if path.finding == "spinal_metastasis"]
    shown = [path.path for path in after if path.finding == "spinal_metastasis" and len(path.path) < 90]
    assert len(shown) == 1
    assert "→ osteolysis ←" in shown[0]


def test_the_suspects_are_independent_until_the_film_is_seen(net: Network, p: Ask) -> None:
    """The odds ratio is one before and far below after; a metastasis takes myeloma nearly back to where it was."""
    assert _odds_ratio(net, WOMAN) == pytest.approx(1.0, abs=1e-9)
    assert _odds_ratio(net, FILM) < 0.05
    assert _odds_ratio(net, "") > 1.2
    assert p(f"multiple_myeloma | {FILM}, spinal_metastasis") < 2 * p(f"multiple_myeloma | {WOMAN}")
    assert p(f"multiple_myeloma | {FILM}, !spinal_metastasis") > p(f"multiple_myeloma | {FILM}")


def test_the_more_a_finding_accuses_the_harder_they_compete(net: Network) -> None:
    """The order of the table: as the likelihood ratio rises, the odds ratio falls."""
    shared = ["night_pain", "raised_esr", "anemia", "mri_marrow_lesion", "lytic_lesions"]
    accuses = [net.case(f"{WOMAN}, {f}").weights("any_malignancy").weights[-1].likelihood_ratio for f in shared]
    competes = [_odds_ratio(net, f"{WOMAN}, {f}") for f in shared]
    assert accuses == sorted(accuses)
    assert competes == sorted(competes, reverse=True)


def test_an_old_cancer_lowers_myeloma_only_with_the_film(p: Ask) -> None:
    """Nothing without it; with it, most of what the film had given is lost."""
    assert p(f"multiple_myeloma | {WOMAN}, cancer_history") == pytest.approx(p(f"multiple_myeloma | {WOMAN}"), rel=1e-9)
    assert p(f"multiple_myeloma | {FILM}, cancer_history") < 0.5 * p(f"multiple_myeloma | {FILM}")


def test_none_of_them_leads_after_the_film_and_metastasis_is_five_times_myeloma(net: Network, p: Ask) -> None:
    """Metastasis and myeloma have come farthest, the infected vertebra stays rare; false shadows move the answer most."""
    lines = net.case(FILM).diagnoses()
    eight = list(lines)[:8]
    assert eight[0].diagnosis == "nonspecific_lbp"
    farthest = sorted(lines, key=lambda line: -line.likelihood_ratio)[:2]
    assert {line.diagnosis for line in farthest} == {"spinal_metastasis", "multiple_myeloma"}
    assert 3.5 < p(f"spinal_metastasis | {FILM}") / p(f"multiple_myeloma | {FILM}") < 6.5
    assert "vertebral_osteomyelitis" not in {line.diagnosis for line in eight}
    infected = lines["vertebral_osteomyelitis"]
    assert infected.likelihood_ratio > 5
    assert 0.005 < infected.posterior < 0.02 < lines["paget_disease"].posterior
    widest = next(iter(net.case(FILM).tornado("nonspecific_lbp")))
    assert widest.number == "lytic_lesions=present | osteolysis=absent"


def test_proteins_break_the_tie_and_the_marrow_does_not(p: Ask) -> None:
    """At the top of the table light chains and M protein, at the bottom old cancer and sclerosis, in the middle the MRI."""

    def ratio(finding: str) -> float:
        one = p(f"{finding} | {SEEN}, multiple_myeloma, !spinal_metastasis")
        return one / p(f"{finding} | {SEEN}, spinal_metastasis, !multiple_myeloma")

    findings = ["bence_jones_protein", "m_protein", "raised_globulin", "raised_esr", "mri_marrow_lesion", "raised_alp"]
    findings += ["raised_crp", "weight_loss", "hypercalcemia", "renal_impairment", "cancer_history", "sclerotic_lesions"]
    order = sorted(findings, key=ratio, reverse=True)
    assert order[:2] == ["bence_jones_protein", "m_protein"]
    assert order[-2:] == ["cancer_history", "sclerotic_lesions"]
    assert ratio("mri_marrow_lesion") == pytest.approx(1.0, abs=0.1)
    assert 0.6 < ratio("raised_alp") < 1.0
    assert 1 - p("m_protein | multiple_myeloma") == pytest.approx(1 / 6, abs=0.03)


def test_the_tie_is_even_and_hardly_ever_both(net: Network, p: Ask) -> None:
    """With an M protein and an old cancer; light chains settle it either way."""
    tied = f"{SEEN}, m_protein, cancer_history"
    assert p(f"multiple_myeloma | {tied}") == pytest.approx(p(f"spinal_metastasis | {tied}"), abs=0.15)
    assert net.probability("multiple_myeloma, spinal_metastasis", given=tied) < 0.05
    assert net.probability("!multiple_myeloma, !spinal_metastasis", given=tied) < 0.05
    assert p(f"multiple_myeloma | {tied}, bence_jones_protein") > 0.66
    assert p(f"spinal_metastasis | {tied}, !bence_jones_protein") > 0.66


def test_a_high_esr_and_a_normal_crp_quarrel_and_myeloma_makes_peace(net: Network, p: Ask) -> None:
    """From about 1 in 1,700 to 1 in 8."""
    conflict = net.case("esr_grade=100+, !raised_crp").explain("multiple_myeloma").conflict
    assert conflict.value > 1
    assert conflict.rare_case is not None
    assert conflict.rare_case.hypothesis == "multiple_myeloma"
    assert conflict.rare_case.conflict < 0
    assert 1 / p("multiple_myeloma") == pytest.approx(1700, rel=0.1)
    assert 1 / p("multiple_myeloma | esr_grade=100+, !raised_crp") == pytest.approx(8, abs=1.0)


# ---- 4 · Seeing, doing, imagining ----


def test_corticosteroids_are_seen_five_times_and_do_three(p: Ask) -> None:
    """And within each age group seeing is doing, at a ratio of about three."""
    seen = p("vertebral_fracture | corticosteroids") / p("vertebral_fracture | !corticosteroids")
    done = p("vertebral_fracture", do="corticosteroids") / p("vertebral_fracture", do="!corticosteroids")
    assert seen == pytest.approx(5, abs=0.5)
    assert done == pytest.approx(3, abs=0.4)
    for who in ("age_over_70", "!age_over_70"):
        acted = p("vertebral_fracture", given=who, do="corticosteroids")
        risk, without = (p(f"vertebral_fracture | {sign}corticosteroids, {who}") for sign in ("", "!"))
        assert risk == pytest.approx(acted)
        assert risk / without == pytest.approx(3, abs=0.4)


def test_adjusting_for_what_lies_on_the_way_hides_the_effect(net: Network, p: Ask) -> None:
    """Age gives the experiment, age over 50 leaves a part, and the fracture of weak bone takes nearly everything away."""

    def ratio(group: str) -> float:
        shares = {state: net.probability(f"{group}={state}") for state in net.variables[group].states}
        risks = [
            sum(share * p(f"vertebral_fracture | {sign}corticosteroids, {group}={state}") for state, share in shares.items())
            for sign in ("", "!")
        ]
        return risks[0] / risks[1]

    done = p("vertebral_fracture", do="corticosteroids") / p("vertebral_fracture", do="!corticosteroids")
    assert ratio("age_group") == pytest.approx(done)
    assert ratio("age_over_70") == pytest.approx(done)
    assert all(ratio(group) > done + 0.5 for group in ("female", "age_over_50", "osteoporosis"))
    assert 0.9 < ratio("compression_fracture") < 1.2


def test_the_shortest_open_ways_are_the_front_and_the_back_door(net: Network) -> None:
    """The first way leads forward; the other three begin with an arrow into the drug."""
    paths = [path.path for path in net.case("corticosteroids").explain("vertebral_fracture").paths if path.open]
    first, *others = sorted(paths, key=len)[:4]
    assert first == "corticosteroids → compression_fracture → vertebral_fracture"
    assert len(others) == 3
    assert all(path.startswith("corticosteroids ←") for path in others)


def test_a_bruise_and_diabetes_are_signs_and_no_levers(p: Ask) -> None:
    """Seen with fractures, doing nothing; trauma is the same on both rungs; osteoporosis and cancer lose by doing."""

    def ratios(cause: str) -> tuple[float, float]:
        seen = p(f"vertebral_fracture | {cause}") / p(f"vertebral_fracture | !{cause}")
        return seen, p("vertebral_fracture", do=cause) / p("vertebral_fracture", do=f"!{cause}")

    ladder = {cause: ratios(cause) for cause in ("diabetes", "contusion_abrasion", "trauma", "osteoporosis", "cancer_history")}
    assert ladder["diabetes"] == pytest.approx((1.5, 1.0), abs=0.15)
    assert ladder["diabetes"][1] == pytest.approx(1.0)
    assert ladder["contusion_abrasion"][0] == max(seen for seen, _ in ladder.values())
    assert ladder["contusion_abrasion"][1] == pytest.approx(1.0)
    assert ladder["trauma"][0] == pytest.approx(ladder["trauma"][1])
    assert ladder["osteoporosis"][1] < ladder["osteoporosis"][0]
    assert ladder["cancer_history"][1] < ladder["cancer_history"][0]


def test_two_thirds_would_have_been_spared_and_fewer_with_another_cause(net: Network, p: Ask) -> None:
    """The excess risk over the risk, as monotonicity says; every other cause takes from it."""

    def spared(more: str) -> float:
        given = f"age_group=70-79, female{more}, corticosteroids, vertebral_fracture"
        return float(net.counterfactual("vertebral_fracture", given=given, had="!corticosteroids").posterior["absent"])

    risk, without = (p(f"vertebral_fracture | age_group=70-79, female, {sign}corticosteroids") for sign in ("", "!"))
    assert spared("") == pytest.approx(1 - without / risk)
    assert spared("") == pytest.approx(2 / 3, abs=0.04)
    assert all(spared(f", {cause}") < spared("") for cause in ("trauma", "osteoporosis", "spinal_metastasis"))
    assert spared(", trauma") > 0.5 > spared(", spinal_metastasis")


def test_a_tablet_says_nothing_and_what_had_been_of_an_effect_does_not_reach_back(net: Network) -> None:
    """`do(!fever)` is as good as no thermometer; `had fever` leaves the causes as they were."""
    man = net.case("setting=emergency, iv_drug_use, neurological_deficit")
    assert float(man.do("!fever").posterior("spinal_infection")) == pytest.approx(float(man.posterior("spinal_infection")))
    compared = man.add("!fever").compare("fever", "do(fever)", had=["fever"], targets=["spinal_infection"])
    case, seen, done, had = (compared[name]["spinal_infection"] for name in ("case", "fever", "do(fever)", "had(fever)"))
    assert had == pytest.approx(case)
    assert seen > done > case
