"""Bridges to labelling tools and to other active-learning libraries, each a module to import by its name.

``case_queue`` and ``label_studio`` carry questions to people and answers back,
``modal`` and ``skactiveml`` exchange query strategies, ``onnx`` writes models for
other runtimes.
"""

__all__: list[str] = []
