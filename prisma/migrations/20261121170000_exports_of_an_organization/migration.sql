-- The caller chooses an export's id: whether another organization has one of that id must not show.
ALTER TABLE "exports" DROP CONSTRAINT "exports_pkey",
ADD CONSTRAINT "exports_pkey" PRIMARY KEY ("organization_id", "id");
