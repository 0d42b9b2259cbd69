"""The words that our Spanish analysis treats apart: stop words, plurals that look otherwise, families.

All words stand folded (lower case, no accents; ñ stays).
"""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = _listed(
    """
    a al algo algun alguna algunas alguno algunos ante antes aquel aquella aquellas aquello aquellos aqui
    asi aun aunque bajo bien cada como con contra cual cuales cualquier cualquiera cuando cuanta cuantas
    cuanto cuantos cuya cuyas cuyo cuyos de del desde donde durante e el ella ellas ello ellos en entre era
    eran eres es esa esas ese eso esos esta estaba estaban estamos estan estas este esto estos estoy fue
    fueron fui ha habia habian han has hasta hay he hemos la las le les lo los mas me mi mis mucha muchas
    mucho muchos muy nada ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otras otro otros
    para pero poco por porque pues que quien quienes se sea sean segun ser si sido siendo sin sino sobre
    solo son soy su sus suya suyas suyo suyos tal tambien tan tanto te ti tiene tienen toda todas todo todos
    tras tu tus u un una unas uno unos usted ustedes y ya yo
    """
)
"""«estado» is missing on purpose: here it is the State before it is a participle."""

SINGULAR = _listed(
    """
    pais mes interes frances ingles portugues dios lunes martes miercoles jueves viernes crisis tesis
    analisis sintesis hipotesis dosis virus campus paraguas atlas enfasis
    """
)
"""Words that end in s and are singular already."""

_APART = _listed(
    """
    genero caso casa plan plano produce parte parto cuenta cuento marco marca banco banca mina mino cargo
    carga puerto puerta punto punta modo moda medio media libro libra fondo fonda pago paga foro fora
    universidad universo suelo suela rato rata palo pala
    """
)
FAMILIES: dict[str, str] = {word: word for word in _APART} | {
    "cooperativa": "cooperativ",
    "cooperativo": "cooperativ",
}
"""Singular → its stem: read before the stemmer, so that it does not merge género with generar, caso with
casa, cooperativa with cooperar (product.md 2.9; `docs/decisions/001-analysis.md`)."""
