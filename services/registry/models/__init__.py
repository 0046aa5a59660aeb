"""Registry's tables: who takes part, what is proven about them, what the dated catalogues say.

organisations         one row per unified social credit code
people                a person, nothing but a sealed name        identity_documents   several per person, sealed
digests               keyed digests by which a document is found  acquaintances        which organisation knows whom
employments           evidence, each row a new fact               insured_months, held_certificates   likewise
teachers              mentors and instructors of an organisation
catalogues            dated editions                              catalogue_entries    what stands in an edition
account_digests       by which payees with the same account are found
registers             editions of other offices' registers          register_entries     since when, until when
register_subjects     who stands in an edition, sealed              register_digests     by which they are found

Columns of bytes are sealed by `vault.py`; nothing personal stands in any other column.
"""

from services.registry.models.base import RegistryTable
from services.registry.models.catalogues import Catalogue, CatalogueEntry
from services.registry.models.evidence import Employment, HeldCertificate, InsuredMonth, Teacher
from services.registry.models.parties import (
    AccountDigest,
    Acquaintance,
    Digest,
    IdentityDocument,
    Organisation,
    Person,
)
from services.registry.models.registers import Register, RegisterDigest, RegisterEntry, RegisterSubject

SEALED: tuple[tuple[type[RegistryTable], str, str], ...] = (
    (Person, "name", "id"),
    (IdentityDocument, "number", "id"),
    (Acquaintance, "phone", "id"),
    (Organisation, "contact_email", "id"),
    (Organisation, "bank_account", "id"),
    (RegisterSubject, "number", "id"),
)
"""The sealed columns, each with the column that is bound into its values."""
