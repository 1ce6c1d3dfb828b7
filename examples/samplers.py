"""
Three samplers in an imbalanced-learn pipeline
==============================================

Generate, filter, mix. The samplers nest, because a pipeline of samplers carries rows and labels but no
weights. The generator can be anyone's.
"""

from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV

from synda_sk import CurriculumMixer, QualityFilter, SyntheticAugmenter

X, y = make_classification(600, 10, weights=[0.95], n_informative=5, random_state=0)

# %%
# The filter keeps the better 80 % of each class. The mixer realises beta, the weight of the synthetic
# rows, by their number; a search chooses it.

for name, sampler in {
    "our Gaussian": SyntheticAugmenter(sampling_strategy="all"),
    "SMOTE": SMOTE(random_state=0),
}.items():
    mixer = CurriculumMixer(QualityFilter(sampler, threshold=0.8), synthetic_weight=0.1, random_state=0)
    pipe = make_pipeline(mixer, RandomForestClassifier(50, random_state=0))
    grid = {"curriculummixer__synthetic_weight": [0.0, 0.1, 0.3]}
    search = GridSearchCV(pipe, grid, cv=3, scoring="average_precision").fit(X, y)
    scores = ", ".join(
        f"beta {p['curriculummixer__synthetic_weight']}: {s:.3f}"
        for p, s in zip(search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True)
    )
    print(f"{name}: {scores}")
