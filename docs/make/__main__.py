"""python -m docs.make: write the generated parts of every page, the schema, and the picture."""

from docs.make import pages, picture, schema

if __name__ == "__main__":
    for page in pages.every():
        page.write_text(pages.current(page), encoding="utf-8")
    schema.main()
    picture.main()
