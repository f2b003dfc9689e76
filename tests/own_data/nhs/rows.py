"""Rows of small tables made by hand, and what was said about them."""

PHQ, GAD = "720433000", "445455005"


def referral(request="SR1", person="N1", **more):
    return {"OrgIDProv": "RX1", "ServiceRequestId": request, "Person_ID": person, **more}


def contact(number, date, code="5", request="SR1", **more):
    row = {"OrgIDProv": "RX1", "CareContactId": f"C{number}", "ServiceRequestId": request, "CareContDate": date}
    return {**row, "AttendOrDNACode": code, **more}


def activity(number, therapist, contact=None, **more):
    row = {"OrgIDProv": "RX1", "CareActId": f"A{number}", "CareContactId": f"C{contact or number}"}
    return {**row, "CarePersLocalId": therapist, **more}


def score(date, value, tool=PHQ, request="SR1", **more):
    row = {"OrgIDProv": "RX1", "ServiceRequestId": request, "CodedAssToolType": tool, "PersScore": value}
    return {**row, "AssToolCompDate": date, **more}


def plain(**more):
    """One course of three contacts, one therapist."""
    tables = {
        "referrals": [referral()],
        "contacts": [contact(1, "2024-01-01"), contact(2, "2024-01-08"), contact(3, "2024-01-15")],
        "activities": [activity(1, "07"), activity(2, "07"), activity(3, "07")],
    }
    return tables | more


def one(found):
    assert len(found.clients) == 1
    return found.clients.iloc[0]


def said(found, kind):
    return " ".join(found.remarks.loc[found.remarks["kind"] == kind, "text"])
