"""Materials: files that people upload and documents that the service makes; stored once per content, under own ids.

Anybody may import it. No rule about which material a step needs: forms say that.
"""
from app.materials.library import Kept, library_of, remove_material, room_of
from app.materials.models import Material, Transfer
from app.materials.operations import (
    can_view_material, claim_for_case, keep, material_for, materials_by_id, of_case, read_upload, reuse_material,
    store_document, store_upload,
)
from app.materials.pictures import cut_photo, thumbnail_of
from app.materials.sweep import sweep_orphans

__all__ = [
    "Kept", "Material", "Transfer", "can_view_material", "claim_for_case", "cut_photo", "keep", "library_of", "material_for",
    "materials_by_id", "of_case", "read_upload", "remove_material", "reuse_material", "room_of", "store_document", "store_upload",
    "sweep_orphans", "thumbnail_of",
]
