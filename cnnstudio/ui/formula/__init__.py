"""Formulas set the way books set them: fractions, roots, indices, brackets as high as what they hold."""

from cnnstudio.ui.formula.view import FormulaView

__all__ = ["FormulaView"]
