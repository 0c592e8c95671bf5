"""The literature behind the formats of the exercises and the errors they look for."""

from __future__ import annotations

LITERATURE = {
    "gigerenzer1995": (
        "Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. "
        "Psychological Review 102(4), 684-704. (Natural frequencies; a catalogue of what people answer instead.)"
    ),
    "sedlmeier2001": (
        "Sedlmeier P, Gigerenzer G (2001). Teaching Bayesian reasoning in less than two hours. Journal of Experimental "
        "Psychology: General 130(3), 380-400. (Learning to translate into frequencies lasts longer than learning the "
        "rule.)"
    ),
    "mcdowell2017": (
        "McDowell M, Jacobs P (2017). Meta-analysis of the effect of natural frequencies on Bayesian reasoning. "
        "Psychological Bulletin 143(12), 1273-1312."
    ),
    "eddy1982": (
        "Eddy DM (1982). Probabilistic reasoning in clinical medicine: problems and opportunities. In: Kahneman D, "
        "Slovic P, Tversky A (eds). Judgment under Uncertainty: Heuristics and Biases. Cambridge University Press, "
        "249-267. (Physicians who turn the question round.)"
    ),
    "kahneman1973": (
        "Kahneman D, Tversky A (1973). On the psychology of prediction. Psychological Review 80(4), 237-251. (Base "
        "rates neglected.)"
    ),
    "barhillel1980": ("Bar-Hillel M (1980). The base-rate fallacy in probability judgments. Acta Psychologica 44(3), 211-233."),
    "villejoubert2002": (
        "Villejoubert G, Mandel DR (2002). The inverse fallacy: an account of deviations from Bayes's theorem and the "
        "additivity principle. Memory & Cognition 30(2), 171-178."
    ),
    "deeks2004": ("Deeks JJ, Altman DG (2004). Diagnostic tests 4: likelihood ratios. BMJ 329, 168-169."),
    "spiegelhalter1984": (
        "Spiegelhalter DJ, Knill-Jones RP (1984). Statistical and knowledge-based approaches to clinical "
        "decision-support systems, with an application in gastroenterology. Journal of the Royal Statistical Society A 147(1), "
        "35-77. (Findings that are not independent.)"
    ),
    "pearl1995": (
        "Pearl J (1995). Causal diagrams for empirical research. Biometrika 82(4), 669-688. (Seeing and doing; adjustment.)"
    ),
    "pearl1988": (
        "Pearl J (1988). Probabilistic Reasoning in Intelligent Systems. Morgan Kaufmann. (d-separation; explaining away.)"
    ),
    "wellman1993": (
        "Wellman MP, Henrion M (1993). Explaining 'explaining away'. IEEE Transactions on Pattern Analysis and Machine "
        "Intelligence 15(3), 287-292."
    ),
    "baron1988": (
        "Baron J, Beattie J, Hershey JC (1988). Heuristics and biases in diagnostic reasoning: II. Congruence, "
        "information, and certainty. Organizational Behavior and Human Decision Processes 42(1), 88-110. (The most "
        "sensitive test is chosen too often.)"
    ),
    "shachter1998": ("Shachter RD (1998). Bayes-ball: the rational pastime. UAI-98, 480-487."),
    "weber2018": (
        "Weber P, Binder K, Krauss S (2018). Why can only 24% solve Bayesian reasoning problems in natural frequencies: "
        "frequency phobia in spite of probability blindness. Frontiers in Psychology 9, 1833."
    ),
    "galesic2009": (
        "Galesic M, Garcia-Retamero R, Gigerenzer G (2009). Using icon arrays to communicate medical risks: overcoming low "
        "numeracy. Health Psychology 28(2), 210-216."
    ),
    "garciaretamero2017": (
        "Garcia-Retamero R, Cokely ET (2017). Designing visual aids that promote risk literacy: a systematic review of health "
        "research and evidence-based design heuristics. Human Factors 59(4), 582-627."
    ),
    "crouch2004": (
        "Crouch CH, Fagen AP, Callan JP, Mazur E (2004). Classroom demonstrations: learning tools or entertainment? American "
        "Journal of Physics 72(6), 835-838."
    ),
    "richland2009": (
        "Richland LE, Kornell N, Kao LS (2009). The pretesting effect: do unsuccessful retrieval attempts enhance learning? "
        "Journal of Experimental Psychology: Applied 15(3), 243-257."
    ),
    "kornell2009": (
        "Kornell N, Hays MJ, Bjork RA (2009). Unsuccessful retrieval attempts enhance subsequent learning. Journal of "
        "Experimental Psychology: Learning, Memory, and Cognition 35(4), 989-998."
    ),
    "hattie2007": "Hattie J, Timperley H (2007). The power of feedback. Review of Educational Research 77(1), 81-112.",
    "wisniewski2020": (
        "Wisniewski B, Zierer K, Hattie J (2020). The power of feedback revisited: a meta-analysis of educational feedback "
        "research. Frontiers in Psychology 10, 3087."
    ),
}
"""The references of each kind of exercise, by key."""
