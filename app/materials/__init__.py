"""Materials: files that people upload and documents that the service makes; stored once per content, under own ids.

Anybody may import it. No rule about which material a step needs: forms say that.
"""
from app.materials.models import Material
from app.materials.operations import (
    can_view_material, claim_for_case, keep, library_of, material_for, materials_by_id, of_case, read_upload,
    remove_material, reuse_material, store_document, store_upload,
)
from app.materials.sweep import sweep_orphans

__all__ = [
    "Material", "can_view_material", "claim_for_case", "keep", "library_of", "material_for", "materials_by_id", "of_case",
    "read_upload", "remove_material", "reuse_material", "store_document", "store_upload", "sweep_orphans",
]
