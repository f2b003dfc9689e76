"""What columns are called, in English, German and Spanish: phrases of small letters and digits, by what they mean.

Of accents only those of German are kept.
"""

import re
import unicodedata
from collections.abc import Mapping


def _phrases(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return phrases by field from lines ``field: phrase | phrase``; further lines of a field are indented."""
    lines = re.sub(r"\n +", " ", text.strip()).splitlines()
    pairs = (line.split(":", 1) for line in lines)
    return {field: tuple(phrase.strip() for phrase in phrases.split("|")) for field, phrases in pairs}


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


WORDS = _phrases("""
client: client id | client | clientid | client code | client no | client number | patient | patient id | patientid |
  person id | personid | person | participant | participant id | subject | subject id | pseudonym | local patient id
  | case | case id | caseid | id | code | paciente | id paciente | codigo paciente | cliente | id cliente | historia |
  no historia | numero historia | numero de historia | nhc | expediente | klient | klientin | klienten id | klientid
  | klientennummer | patienten id
  | patientencode | patientennummer | pat id | patid | pat | proband | teilnehmer | teilnehmer id | chiffre | fall |
  fallnummer | fall id | pid | cid | usubjid | rowid | client ref | study id
course: course | course id | episode | episode id | referral id | pathway id | pathwayid | service request id |
  treatment id | spell id | therapie id | behandlung id | behandlungsepisode
therapist: therapist id | therapist | therapistid | therapist code | clinician | clinician id | practitioner |
  practitioner id | counsellor | counsellor id | counselor | counselor id | psychologist | staff id | staff | worker
  | care pers local id | carepersonnel id | therap | ther | thid | th id | tid | therapeut | therapeutin |
  terapeuta | id terapeuta | codigo terapeuta | psicologo | psicologa | psicoterapeuta | profesional |
  facultativo |
  therapeuten id | therapeutid | therapeut id | therapeutencode | therapeutennummer | behandler | behandlerin |
  behandler id | psychotherapeut | provider id | clin id
service: service | service id | site | site id | clinic | clinic id | centre | center | centre id | trust | practice
  | practice id | team | provider | org id provider | orgidprov | organisation | location | klinik | ambulanz |
  einrichtung | standort | zentrum | station | servicio | centro | clinica | unidad | equipo
period: period | year | financial year | fiscal year | quarter | calendar year | jahr | quartal | zeitraum |
  semester | ano | periodo | trimestre | semestre
started: started | start | start date | startdate | date start | date started | first session date | first session |
  intake date | first attended | therapy session first date | assessment date | admission date | date first |
  treatment start | begin | beginn | therapiebeginn | behandlungsbeginn | aufnahme | aufnahmedatum | erstgespräch |
  datum beginn | datum erstgespräch | fecha inicio | fecha de inicio | inicio | fecha ingreso | primera sesion |
  fecha primera sesion
ended: ended | end | end date | enddate | date end | date ended | last session date | last session | discharge |
  discharge date | therapy session last date | serv disch date | closed | date closed | date last | termination date
  | treatment end | ende | therapieende | behandlungsende | entlassung | entlassdatum | abschluss | abschlussdatum |
  datum ende | datum abschluss | fecha fin | fecha de fin | fecha final | fin | fecha alta | fecha de alta |
  fecha cierre | ultima sesion | fecha ultima sesion
n_sessions: n sessions | n sess | nsess | num sess | nsessions | sessions | number of sessions | num sessions | no
  of sessions | session count | sessions attended | attended sessions | attended | total sessions | treatment care
  contact count | contacts | number of contacts | numsess | anzahl sitzungen | sitzungen | sitzungszahl | anzahl
  termine | anzahl stunden | stunden | n sitzungen | dauer sitzungen | sesiones | numero de sesiones | n sesiones |
  no sesiones | num sesiones
completed: completed | abschluss planmäßig | planmäßig | regulär | completer | completed treatment | completed
  treatment flag | completion | planned ending | planned end | ended as planned | finished as planned |
  abgeschlossen | regulär beendet | planmäßig beendet | beendigung | completado | finalizado | alta terapeutica
deteriorated: deteriorated | deterioration | reliable deterioration | reliable deterioration flag | reliably
  deteriorated | worse | verschlechtert | verschlechterung |
  deterioro | empeoramiento | empeora
age: age | age years | age at referral | age at intake | age at start | age band | ageband | age group | agegroup |
  age grp | age cat | age category | client age | patient age | alter | alter jahre | altersgruppe | lebensalter |
  alter bei beginn | edad | grupo de edad | edad al inicio
deprivation: deprivation | imd | imd decile | imd quintile | imd score | imd rank | deprivation decile | deprivation
  quintile | index of multiple deprivation | deprivationsindex | imd 2019 decile | indices of deprivation decile
competence: competence | competence rating | ctsr | cts r | ctsr total | cts r total | cts | therapist competence |
  kompetenz | kompetenzrating
burnout: burnout | burnout rating | olbi | mbi | exhaustion | emotional exhaustion | cbi | erschöpfung | therapist
  burnout
fit: fit | fit rating | match | client therapist fit | passung | passungsrating
alliance: alliance | alliance rating | wai | wai total | wai sr | early alliance | working alliance | haq | allianz
  | arbeitsbeziehung | therapeutische beziehung | srs
session: session | session no | session number | session num | sessionno | session nr | sess | visit | visit no |
  contact no | occasion | sitzung | sitzung nr | sitzungsnummer | sitzungsnr | termin nr | messzeitpunkt | time |
  wave | week | woche | sesion | no sesion | numero de sesion
date: date | session date | sessiondate | contact date | appointment date | date of session | visit date | care cont
  date | datum | sitzungsdatum | termin | termindatum | datum sitzung | fecha |
  fecha sesion | fecha de sesion | fecha cita
attended: attended | attendance | attendance status | attended flag | dna | attend or dna code | present |
  erschienen | anwesend | wahrgenommen | status termin | asiste | asistio | asistencia
unit: unit | unit id | provider | provider id | organisation | org name | org code | einheit
n: n | n finished | n clients | total | count | denominator | finished | finished courses | n finished courses |
  clients | cases | referrals finished | n courses | anzahl | fälle | abgeschlossene | gesamt | courses | trials
events: events | deteriorated | n deteriorated | count deteriorated | number deteriorated | deteriorations |
  numerator | reliable deterioration | reliably deteriorated | verschlechtert | anzahl verschlechtert | d
""")
"""Phrases by field of the settings; of instruments and case mix below."""

CASE_MIX = _phrases("""
sex: sex | gender | geschlecht | sexo | genero | client sex | client gender
ethnicity: ethnicity | ethnic group | ethnic category | ethnicity group | herkunft | migrationshintergrund
employment: employment | employment status | employed | unemployed | work status | beschäftigung | erwerbstätig |
  beruf | empleo | situacion laboral
diagnosis: diagnosis | problem | main problem | primary diagnosis | problem descriptor | provisional diagnosis |
  presenting complaint | diagnose | hauptdiagnose | diagnostico | icd10 | icd 10 | icd
medication: medication | psychotropic medication | on medication | meds | medikation | psychopharmaka |
  medicacion
education: education | education years | schooling | bildung | schulabschluss | bildungsjahre |
  estudios | nivel de estudios
marital: marital | marital status | relationship status | partner | familienstand | estado civil
long_term_condition: long term condition | ltc | ltc flag | chronic illness | chronische erkrankung
previous_therapy: previous therapy | prior therapy | previous treatment | prior treatment | vorbehandlung
severity: severity | baseline severity | schweregrad
comorbidity: comorbidity | comorbid | komorbidität
chronicity: chronicity | duration of problem | problem duration | erkrankungsdauer
""")
"""Known before therapy, so that models may adjust for it."""

IDENTIFYING = words_of("""
    address adresse birth birthdate dob email firstname forename geboren geburtsdatum geburtstag iban lastname
    mail mobile nachname name nino phone plz postal postcode strasse straße street surname telefon telephone
    vorname zip nombre apellido apellidos dni nie telefono correo direccion nacimiento
""")
"""Words that identify a person: such columns are left out, and it is said so."""
LATER = words_of("""
    change delta diff difference differenz improved improvement rci recovered recovery veränderung
""")
"""What is known only afterwards: it is not case mix."""
FIRST = words_of("""
    anfang aufnahme base baseline before beginn bl eingang entry erst erste first initial intake prae pre prä
    start vor inicio inicial primera antes ingreso
""")
LAST = words_of("""
    abschluss after discharge end ende entlassung eot exit final last letzte nach outcome post termination
    fin ultima despues alta cierre
""")
FOLLOW_UP = words_of("""
    follow follow-up followup fu fup kat katamnese seguimiento
""")

START = r"(?<![a-zäöüß])"
INSTRUMENTS: dict[str, re.Pattern[str]] = {
    "phq9": re.compile(START + r"(phq ?9|phq(?! ?\d)|patient health questionnaire( 9)?)"),
    "gad7": re.compile(START + r"(gad ?7|gad(?! ?\d)|generali[sz]ed anxiety( disorder)?( 7)?)"),
    "oq45": re.compile(START + r"(oq ?45|oq(?! ?\d)|outcome questionnaire( 45)?)"),
    "core_om": re.compile(START + r"(core ?om|core ?34|core(?! ?(?:10|5|lc|6)))(?=$|[^a-z]|pre|post|first|last|t\d)"),
}
"""Instruments of the catalogue by what their columns' names hold."""
OTHERS = re.compile(
    r"\b(core ?(?:10|5)|bdi ?(?:2|ii)?|bai|bsi(?: ?18)?|scl ?(?:90|k ?9)?|hads|wsas|k ?10|dass ?\d*|phq ?[248]|ors|cgi|"
    r"ies ?r?|pcl ?5?|madrs|ham ?[ad]|who ?5|wemwebs|swemwbs|ede ?q|oci ?r|spin|pdss|isi|gaf|iip ?\d*|heq|osq)\b"
)
"""Instruments that the catalogue does not have."""


KEPT = frozenset("äöüßÄÖÜ")


def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a column's name: ``PHQ9_FirstScore`` is phq9, first, score."""
    text = "".join(one if one in KEPT else _plain(one) for one in unicodedata.normalize("NFC", name))
    text = re.sub(r"(?<=[a-zäöüß0-9])(?=[A-ZÄÖÜ][a-zäöüß])|(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", " ", text)
    return tuple(word for word in re.split(r"[^0-9a-zäöüß]+", text.casefold()) if word)


def _plain(letter: str) -> str:
    """Return a letter without its accent: é is e."""
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def phrase_fit(words: tuple[str, ...], phrases: tuple[str, ...]) -> float:
    """Return how well a name fits: 3 if it is one of the phrases, 2 if it holds one, 1 if a long word does; 0 if not.

    Earlier phrases count a little more than later ones.
    """
    text, close = " ".join(words), "".join(words)
    best = 0.0
    for place, phrase in enumerate(phrases):
        small = 0.2 * place / len(phrases)
        if text == phrase or close == phrase.replace(" ", ""):
            best = max(best, 3 - small)
        elif len(phrase) > 2 and f" {phrase} " in f" {text} ":
            best = max(best, 2 - small)
        elif len(phrase) > 5 and phrase.replace(" ", "") in close:
            best = max(best, 1 - small)
    return best
